import { postConversationsBulk, type BulkAction, type BulkResult } from '../../../api/client.ts'
import type { WantedList } from '../../../api/conversation-lists.ts'

/** Conversations per request, which is one transaction. */
const AT_ONCE = 500
/** Conversations of a view that are changed at most. */
export const MOST_OF_VIEW = 5_000

/** Selected conversations, or all of a view. */
export type Target = { ids: readonly string[] } | { view: WantedList }

export interface BulkOutcome {
  changed: number
  refused: BulkResult['refused']
  undo: BulkResult['undo']
}

export interface BulkOptions {
  signal: AbortSignal
  /** Called after each part, with the number of conversations changed so far. */
  onProgress: (changed: number) => void
}

/** Applies an action part by part. Parts that are done stay done when it is stopped. */
export async function runBulk(
  target: Target,
  action: BulkAction,
  { signal, onProgress }: BulkOptions,
): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { changed: 0, refused: [], undo: [] }
  let done = 0
  for (const body of 'ids' in target ? partsOf(target.ids) : []) await run(body)
  if ('view' in target) {
    const { emailAccountId, tag, search, timeZone, view } = target.view
    let before: string | undefined
    do {
      before = (await run({ view: { view, emailAccountId, tag, search, timeZone, before } })).next
    } while (before !== undefined && done < MOST_OF_VIEW && !signal.aborted)
  }
  return outcome

  async function run(chosen: Pick<Parameters<typeof postConversationsBulk>[0]['body'], 'ids' | 'view'>) {
    if (signal.aborted) return {} as Partial<BulkResult>
    const { data } = await postConversationsBulk({ body: { ...chosen, action }, throwOnError: true })
    done += data.changed.length + data.unchanged + data.refused.length
    outcome.changed += data.changed.length
    outcome.refused.push(...data.refused)
    outcome.undo.push(...data.undo)
    onProgress(outcome.changed)
    return data
  }
}

function partsOf(ids: readonly string[]): { ids: string[] }[] {
  return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, part) => ({
    ids: ids.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  }))
}

/** Restores the former state of each conversation. */
export async function undoBulk(undo: BulkResult['undo'], options: BulkOptions): Promise<void> {
  // The last change first, for several changes of the same conversation.
  for (const { ids, action } of undo.toReversed()) await runBulk({ ids }, action, options)
}
