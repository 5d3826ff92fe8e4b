import { postConversationsBulk, type BulkAction, type BulkResult } from '../../../api/client.ts'
import type { WantedList } from '../../../api/conversation-lists.ts'
import { isProblem } from '../../../api/problem.ts'

/** Conversations per request, which is one transaction; the limits of the server. */
const AT_ONCE = 500
const MOVED_AT_ONCE = 50
/** Conversations of a view that are changed at most. */
export const MOST_OF_VIEW = 5_000

/** Selected conversations, or all of a view. */
export type Target = { ids: readonly string[] } | { view: WantedList }

export interface BulkOutcome {
  changed: number
  /** Were in the wanted state already. */
  unchanged: number
  refused: { id: string; reason: { title: string } }[]
  undo: BulkResult['undo']
  /** Problem of the part that failed; the parts after it were not sent. */
  failure?: unknown
}

export interface UndoOutcome extends Pick<BulkOutcome, 'changed' | 'refused' | 'failure'> {
  /** Steps that are still to be sent, after a failure or a stop. */
  rest: BulkResult['undo']
}

export interface BulkOptions {
  signal: AbortSignal
  /** Called after each part, with the number of conversations changed so far. */
  onProgress: (changed: number) => void
}

/** Applies an action part by part. Parts that are done stay done when it is stopped or fails. */
export async function runBulk(
  target: Target,
  action: BulkAction,
  { signal, onProgress }: BulkOptions,
): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { changed: 0, unchanged: 0, refused: [], undo: [] }
  let done = 0
  try {
    for (const body of 'ids' in target ? partsOf(target.ids, action) : []) await run(body)
    if ('view' in target) {
      const { emailAccountId, tag, search, timeZone, view } = target.view
      let before: string | undefined
      do {
        before = (await run({ view: { view, emailAccountId, tag, search, timeZone, before } })).next
      } while (before !== undefined && done < MOST_OF_VIEW && !signal.aborted)
    }
    return outcome
  } catch (failure) {
    return { ...outcome, failure }
  }

  async function run(chosen: Pick<Parameters<typeof postConversationsBulk>[0]['body'], 'ids' | 'view'>) {
    if (signal.aborted) return {} as Partial<BulkResult>
    const { data } = await postConversationsBulk({ body: { ...chosen, action }, throwOnError: true })
    done += data.changed.length + data.unchanged + data.refused.length
    outcome.changed += data.changed.length
    outcome.unchanged += data.unchanged
    outcome.refused.push(...data.refused)
    outcome.undo.push(...data.undo)
    onProgress(outcome.changed)
    return data
  }
}

function partsOf(ids: readonly string[], { kind }: BulkAction): { ids: string[] }[] {
  const size = kind === 'move' ? MOVED_AT_ONCE : AT_ONCE
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, part) => ({
    ids: ids.slice(part * size, (part + 1) * size),
  }))
}

/** Restores the former state of each conversation. Those that have changed since are refused, and stay as they are. */
export async function undoBulk(undo: BulkResult['undo'], { signal, onProgress }: BulkOptions): Promise<UndoOutcome> {
  const outcome: UndoOutcome = { changed: 0, refused: [], rest: [...undo] }
  const { refused, rest } = outcome
  while (rest.length > 0 && !signal.aborted) {
    // The last change first, for several changes of the same conversation.
    const { ids, action } = rest.at(-1)!
    const before = outcome.changed
    const done = await runBulk({ ids }, action, { signal, onProgress: (changed) => onProgress(before + changed) })
    outcome.changed += done.changed
    refused.push(...done.refused)
    const { failure } = done
    if (failure !== undefined) {
      // A mailbox or person that is gone concerns this step alone.
      if (!isProblem(failure) || failure.status !== 404) return { ...outcome, failure }
      refused.push(...ids.map((id) => ({ id, reason: failure })))
    }
    rest.pop()
  }
  return outcome
}
