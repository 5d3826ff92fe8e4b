import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { RemoteFolder } from '../mail/index.ts'
import type { ReadingTransport } from '../transports/index.ts'
import { READ_BY_DEFAULT } from './folders.ts'
import { importFrom } from './import-from.ts'

/** Folders that are counted, the largest first. Each costs a request per window. */
const MOST_FOLDERS = 10
/** Newest messages per folder whose conversations are counted, in one request. */
const MOST_LISTED = 1000

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

/** Counts the mail that each import window would bring. Stores nothing. */
export async function previewImport(
  reading: ReadingTransport,
  {
    clock,
    days,
    folderRemoteIds,
  }: { clock: Clock; days: readonly number[]; folderRemoteIds?: readonly string[] | undefined },
): Promise<ImportPreview> {
  const chosen = chosenAmong(await reading.listFolders(), folderRemoteIds)
  const filled = chosen.filter(({ totalCount }) => totalCount > 0)
  const counted = filled.toSorted((one, other) => other.totalCount - one.totalCount).slice(0, MOST_FOLDERS)
  const widest = importFrom(clock, Math.max(...days))
  const listed = reading.newestThreads
    ? await Promise.all(
        counted.map(({ remoteId }) => reading.newestThreads!(remoteId, { since: widest, limit: MOST_LISTED })),
      )
    : undefined
  // The transport limits the requests that run at once.
  const windows = await Promise.all(
    days.map(async (each): Promise<ImportWindow> => {
      const since = importFrom(clock, each)
      const counts = await Promise.all(counted.map(({ remoteId }) => countSince(reading, remoteId, since)))
      const messages = counts.reduce((sum, count) => sum + count, 0)
      return { days: each, messages, ...(listed && { conversations: estimate(messages, listed, since) }) }
    }),
  )
  return {
    windows,
    foldersCounted: chosen.length - filled.length + counted.length,
    foldersLeftOut: filled.length - counted.length,
    countsWholeDays: reading.protocol === 'imap',
  }
}

function chosenAmong(folders: readonly RemoteFolder[], wanted: readonly string[] | undefined): RemoteFolder[] {
  if (!wanted) return folders.filter(({ role }) => READ_BY_DEFAULT.includes(role))
  const chosen = folders.filter(({ remoteId }) => wanted.includes(remoteId))
  if (chosen.length < new Set(wanted).size) {
    throw new AppError('email_accounts.no_such_folder', { field: 'folderRemoteIds' })
  }
  return chosen
}

async function countSince(reading: ReadingTransport, remoteId: string, since: Date): Promise<number> {
  const inventory = await reading.inventory(remoteId, since)
  return inventory.count ?? (await inventory.list()).size
}

interface Listed {
  receivedAt: Date
  remoteConversationId: string
}

/** The conversations of the listed messages; where more messages were counted, in proportion. */
function estimate(
  messages: number,
  listed: readonly (readonly Listed[])[],
  since: Date,
): { count: number; isEstimate: boolean } {
  const within = listed.flat().filter(({ receivedAt }) => receivedAt >= since)
  const found = new Set(within.map(({ remoteConversationId }) => remoteConversationId)).size
  if (within.length >= messages || within.length === 0) return { count: found, isEstimate: false }
  return { count: Math.round((found * messages) / within.length), isEstimate: true }
}
