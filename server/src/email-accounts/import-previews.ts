import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { RemoteFolder } from '../mail/index.ts'
import type { NewestThreads, ReadingTransport } from '../transports/index.ts'
import { READ_BY_DEFAULT } from './folders.ts'
import { importFrom } from './import-from.ts'

/** Folders that are counted, the largest first. */
const MOST_FOLDERS = 10
/** Newest messages per folder whose conversations are counted, in one request. */
const MOST_LISTED = 1000
/** Folders that are counted at once, so that a canceled preview leaves few requests behind. */
const AT_A_TIME = 3
/** Duration after which counting ends without a result. */
const LIMIT_MS = 60_000

export interface ImportPreview {
  windows: readonly ImportWindow[]
  foldersCounted: number
  /** Selected folders that are not counted, because only the {@link MOST_FOLDERS} largest are. */
  foldersLeftOut: number
  /** True if the server compares days only: mail of up to two more days is counted. */
  countsWholeDays: boolean
}

export interface ImportWindow {
  days: number
  /** Counted by the server, without drafts. */
  messages: number
  /** Conversations as the server groups them; undefined where it does not. */
  conversations?: { count: number; isEstimate: boolean } | undefined
}

interface CountedFolder {
  listed: NewestThreads | undefined
  /** Messages per window. */
  counts: number[]
}

/**
 * Counts the mail that each import window would bring. Stores nothing.
 *
 * Cost: one request per folder that groups messages and has at most {@link MOST_LISTED} in the widest window. Otherwise
 * one more for each window that the list does not cover.
 *
 * @param signal  ends counting before its next request
 * @throws AppError `email_accounts.preview_stopped` after `signal`, and after a minute
 */
export async function previewImport(
  reading: ReadingTransport,
  {
    clock,
    days,
    folderRemoteIds,
    signal,
    limitMs = LIMIT_MS,
  }: {
    clock: Clock
    days: readonly number[]
    folderRemoteIds?: readonly string[] | undefined
    signal?: AbortSignal | undefined
    limitMs?: number
  },
): Promise<ImportPreview> {
  const starts = days.map((each) => importFrom(clock, each))
  return untilStopped({ signal, limitMs }, async (over) => {
    const chosen = chosenAmong(await reading.listFolders(), folderRemoteIds)
    const filled = chosen.filter(({ totalCount }) => totalCount > 0)
    const counted = filled.toSorted((one, other) => other.totalCount - one.totalCount).slice(0, MOST_FOLDERS)
    const folders = await countAll(reading, counted, starts, over)
    return {
      windows: days.map((each, at) => {
        const messages = folders.reduce((sum, { counts }) => sum + counts[at]!, 0)
        const conversations = reading.newestThreads && estimate(messages, folders, starts[at]!)
        return { days: each, messages, ...(conversations && { conversations }) }
      }),
      foldersCounted: chosen.length - filled.length + counted.length,
      foldersLeftOut: filled.length - counted.length,
      countsWholeDays: reading.protocol === 'imap',
    }
  })
}

async function untilStopped<T>(
  { signal, limitMs }: { signal: AbortSignal | undefined; limitMs: number },
  work: (over: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new AppError('email_accounts.preview_stopped')
  const ended = new AbortController()
  const over = AbortSignal.any([ended.signal, AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
  const stopped = Promise.withResolvers<never>()
  over.addEventListener('abort', () => stopped.reject(new AppError('email_accounts.preview_stopped')), { once: true })
  try {
    return await Promise.race([stopped.promise, work(over)])
  } finally {
    // After the failure of one folder, the others are not counted to their end.
    ended.abort()
  }
}

function chosenAmong(folders: readonly RemoteFolder[], wanted: readonly string[] | undefined): RemoteFolder[] {
  if (!wanted) return folders.filter(({ role }) => READ_BY_DEFAULT.includes(role))
  const ids = new Set(wanted)
  const chosen = folders.filter(({ remoteId }) => ids.has(remoteId))
  if (chosen.length < ids.size) throw new AppError('email_accounts.no_such_folder', { field: 'folderRemoteIds' })
  return chosen
}

async function countAll(
  reading: ReadingTransport,
  folders: readonly RemoteFolder[],
  starts: readonly Date[],
  over: AbortSignal,
): Promise<CountedFolder[]> {
  const results: CountedFolder[] = []
  const remaining = folders[Symbol.iterator]()
  async function countRemaining(): Promise<void> {
    for (const { remoteId } of remaining) results.push(await countFolder(reading, remoteId, starts, over))
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, countRemaining))
  return results
}

async function countFolder(
  reading: ReadingTransport,
  remoteId: string,
  starts: readonly Date[],
  over: AbortSignal,
): Promise<CountedFolder> {
  const widest = starts.reduce((one, other) => (one < other ? one : other))
  over.throwIfAborted()
  const listed = await reading.newestThreads?.(remoteId, { since: widest, limit: MOST_LISTED })
  const counts: number[] = []
  for (const since of starts) {
    over.throwIfAborted()
    counts.push(countListed(listed, since) ?? (await countSince(reading, remoteId, since)))
  }
  return { listed, counts }
}

/** Number of messages since then; undefined if the list does not cover them all. */
function countListed(listed: NewestThreads | undefined, since: Date): number | undefined {
  if (!listed) return undefined
  const { threads, isWhole } = listed
  if (!isWhole && !threads.some(({ receivedAt }) => receivedAt < since)) return undefined
  return threads.filter(({ receivedAt }) => receivedAt >= since).length
}

async function countSince(reading: ReadingTransport, remoteId: string, since: Date): Promise<number> {
  const inventory = await reading.inventory(remoteId, since)
  return inventory.count ?? (await inventory.list()).size
}

/**
 * The conversations of the listed messages; where more messages were counted, in proportion. Undefined if messages were
 * counted and none of them is listed.
 */
function estimate(
  messages: number,
  folders: readonly CountedFolder[],
  since: Date,
): { count: number; isEstimate: boolean } | undefined {
  const within = folders.flatMap(({ listed }) => listed?.threads ?? []).filter(({ receivedAt }) => receivedAt >= since)
  const found = new Set(within.map(({ remoteConversationId }) => remoteConversationId)).size
  if (within.length >= messages) return { count: found, isEstimate: false }
  if (within.length === 0) return undefined
  return { count: Math.round((found * messages) / within.length), isEstimate: true }
}
