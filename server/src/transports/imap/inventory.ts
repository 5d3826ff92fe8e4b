import { AppError } from '../../kernel/errors.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { Inventory } from '../mail-transport.ts'
import { fetchBodies, type BodiesOptions } from './bodies.ts'
import { atom, sequence, type ResponseValue } from './imap-client.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { OpenFolder } from './open-folder.ts'
import { listByUid } from './list-messages.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { imapRemoteId, readImapRemoteId } from './remote-ids.ts'
import { HIGHEST_UID, uidSet } from './uid-ranges.ts'

/** Maximum messages per request. A folder may contain a million, and a response has a size limit. */
const WINDOW = 10_000
/** Number of whole messages fetched per request. */
const FETCHED_TOGETHER = 25
const DAY_MS = 24 * 60 * 60_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

export interface ImapInventoryDeps {
  connections: MailboxConnections
  bodies: BodiesOptions
}

/** Inventory of a folder by UIDs alone: a few bytes per message, without flags and dates. */
export async function folderInventory(
  { connections, bodies }: ImapInventoryDeps,
  path: string,
  since: Date,
): Promise<Inventory> {
  const { uidValidity, uids } = await connections.use('sync', async (connection) => {
    const folder = await connection.open(path)
    // One day earlier, because SEARCH compares days in the server's time zone (RFC 9051 §6.4.4).
    const day = dayOf(new Date(since.getTime() - DAY_MS))
    const { found } = await search(connection, folder, ['UNDRAFT', 'SINCE', day])
    return { uidValidity: folder.uidValidity, uids: found }
  })
  const idOf = (uid: number) => imapRemoteId({ path, uidValidity, uid })

  function use<T>(work: (connection: ImapConnection, folder: OpenFolder) => Promise<T>): Promise<T> {
    return connections.use('sync', async (connection) => {
      const folder = await connection.open(path)
      // Renumbered meanwhile: the inventory is invalid, and the next run reports the new numbers.
      if (folder.uidValidity !== uidValidity) throw new AppError('transports.cursor_forgotten')
      return work(connection, folder)
    })
  }

  async function* fetch(ids: readonly string[]): AsyncGenerator<RemoteMessage> {
    const wanted = ids.flatMap((id) => readImapRemoteId(id)?.uid ?? [])
    for (let at = 0; at < wanted.length; at += FETCHED_TOGETHER) {
      const some = wanted.slice(at, at + FETCHED_TOGETHER)
      yield* await use(async (connection, folder) => {
        const listed = await listByUid(connection, uidSet(some), some.length)
        const fitting = listed.filter(
          ({ uid, isDeleted, flags, receivedAt }) =>
            some.includes(uid) && !isDeleted && !flags.includes('draft') && (!receivedAt || receivedAt >= since),
        )
        return fetchBodies(connection, folder, fitting, bodies)
      })
    }
  }

  return {
    list: () => Promise.resolve(new Set([...uids].map(idOf))),
    // Unnecessary, because the full list of ids is available.
    count: undefined,
    async leftOf(ids) {
      if (ids.length === 0) return []
      const { found, isWhole } = await use((connection, folder) => search(connection, folder, []))
      if (!isWhole) return []
      return ids.filter((id) => {
        const read = readImapRemoteId(id)
        return read?.uidValidity !== uidValidity || read.path !== path || !found.has(read.uid)
      })
    },
    fetch,
  }
}

/**
 * Searches from the newest messages down. A message that moves down because of deletions is found twice, but never
 * missed.
 */
async function search(
  connection: ImapConnection,
  { exists }: OpenFolder,
  keys: readonly string[],
): Promise<{ found: ReadonlySet<number>; isWhole: boolean }> {
  const found = new Set<number>()
  let isWhole = true
  for (let last = exists; last >= 1; last -= WINDOW) {
    const range = sequence(`${Math.max(1, last - WINDOW + 1)}:${last}`)
    let isAnswered = false
    await connection.command('UID SEARCH', [range, atom('UNDELETED'), ...keys.map(atom)], {
      SEARCH({ numbers, attributes = [] }) {
        isAnswered = true
        for (const uid of numbers ?? attributes.map(numberOf)) if (uid >= 1 && uid <= HIGHEST_UID) found.add(uid)
      },
    })
    // A missing response is not an empty result; otherwise all stored messages would seem deleted.
    isWhole &&= isAnswered
  }
  return { found, isWhole }
}

function numberOf(one: ResponseValue): number {
  return one && !Array.isArray(one) ? Number(one.value) : Number.NaN
}

function dayOf(date: Date): string {
  return `${date.getUTCDate()}-${MONTHS[date.getUTCMonth()]!}-${date.getUTCFullYear()}`
}
