/**
 * Reconciliation: compares each folder on the server with the stored messages.
 *
 * A change once left out by a cursor is never reported again, and a server without QRESYNC reports no deletions beyond
 * its newest messages. So about once an hour, the message counts of each folder are compared, and if they differ, the
 * ids. The ids are also compared once a day, because one missing and one extra message leave the counts equal. A
 * difference found twice in a row is repaired message by message. Messages are recognized as usual, so none is stored
 * twice.
 */
import { sql } from 'kysely'
import type { MessageFiling } from '../../conversations/index.ts'
import type { Database } from '../../database/index.ts'
import type { SyncedFolder } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId, FolderId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { Inventory, ReadingTransport } from '../../transports/index.ts'
import { isOfOneMessage, type FileOne } from '../reading/file-messages.ts'
import type { Lease, Leases } from '../scheduling/leases.ts'
import type { UnfiledMessages } from '../reading/unfiled-messages.ts'

const LISTED_EVERY_MS = 24 * 60 * 60_000
/** Maximum duration, so that other accounts are served. The rest follows in a minute. */
const LONGEST_MS = 3 * 60_000
const LEAVING_TOGETHER = 100
/** Errors of a folder that is gone or renumbered, or of a server without the request. Normal runs handle these. */
const NOT_NOW: readonly string[] = [
  'transports.item_gone',
  'transports.cursor_forgotten',
  'transports.imap_refused',
  'transports.request_refused',
]

export interface ReconciliationDeps {
  database: Database
  clock: Clock
  filing: MessageFiling
  leases: Leases
  unfiled: UnfiledMessages
  fileOne: FileOne
  log: Log
}

/** Reconciliation results of one folder since it was first synced. */
export interface Reconciled {
  folderId: FolderId
  name: string
  /** Number of comparisons, and the time of the last one. */
  comparisons: number
  comparedAt: Date | undefined
  /** Messages on the server that sync had missed, and how many of them were filed. */
  missingFound: number
  broughtIn: number
  /** Messages that had left the folder without a reported change. */
  leftFound: number
}

interface Difference {
  missing: string[]
  left: string[]
}

type Found = Partial<Record<'missing_found' | 'brought_in' | 'left_found', number>>

export type Reconciliation = ReturnType<typeof createReconciliation>

export function createReconciliation(deps: ReconciliationDeps) {
  const { database, clock, filing, leases, unfiled, fileOne, log } = deps
  // Kept in memory: after a restart, a folder is compared once more.
  const doubtful = new Map<FolderId, ReadonlySet<string>>()
  /** Listed messages to ignore: received on the first day of the import period, but before its exact start. */
  const unwanted = new Map<FolderId, ReadonlySet<string>>()

  /** Compares folders. Call it after they were read to their ends. */
  async function compare(
    lease: Lease,
    transport: ReadingTransport,
    folders: readonly SyncedFolder[],
  ): Promise<'done' | 'to-look-again'> {
    const ends: ('done' | 'to-look-again')[] = []
    for (const folder of folders) {
      // Drafts are never stored.
      if (folder.role === 'drafts') continue
      try {
        ends.push(await compareFolder(lease, transport, folder))
      } catch (error) {
        if (!(error instanceof AppError) || !NOT_NOW.includes(error.code)) throw error
        log.info({ err: error, emailAccountId: lease.account.id, folder: folder.name }, 'A folder was not compared')
      }
    }
    return ends.includes('to-look-again') ? 'to-look-again' : 'done'
  }

  async function compareFolder(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
  ): Promise<'done' | 'to-look-again'> {
    const standing = await standingOf(folder.id)
    if (!standing?.imported || standing.rereading) return 'done'
    const { importFrom } = lease.account
    const inventory = await transport.inventory(folder.remoteId, importFrom)
    const now = clock.now()
    const isListed = standing.listed_at !== null && now.getTime() - standing.listed_at.getTime() < LISTED_EVERY_MS
    const before = doubtful.get(folder.id)
    if (inventory.count !== undefined && isListed && !before) {
      if (inventory.count === (await countOf(folder.id, importFrom))) return note(lease, folder, {}, { listed: false })
    }

    const found = await differenceOf(lease, folder, inventory)
    doubtful.delete(folder.id)
    if (found.missing.length === 0 && found.left.length === 0) return note(lease, folder, {}, { listed: true })
    if (!before) {
      // Changes during the run are reported in the next run.
      doubtful.set(folder.id, new Set([...found.missing, ...found.left]))
      return 'to-look-again'
    }
    const missing = found.missing.filter((id) => before.has(id))
    const left = found.left.filter((id) => before.has(id))
    return repair(lease, folder, inventory, { missing, left })
  }

  async function standingOf(id: FolderId) {
    return database.db
      .selectFrom('folder_sync_states')
      .select(['imported', 'rereading', 'listed_at'])
      .where('folder_id', '=', id)
      .executeTakeFirst()
  }

  async function countOf(id: FolderId, since: Date): Promise<number> {
    const { rows } = await sql<{ n: number }>`SELECT (SELECT count(*) FROM message_locations place
      JOIN messages ON messages.id = place.message_id
      WHERE place.folder_id = ${id} AND messages.received_at >= ${since})::integer
      + (SELECT count(*) FROM erased_locations AS erased
        WHERE folder_id = ${id} AND received_at >= ${since} AND NOT EXISTS (SELECT FROM message_locations AS place
          WHERE place.folder_id = erased.folder_id AND place.remote_id = erased.remote_id))::integer AS n`.execute(
      database.db,
    )
    return rows[0]!.n
  }

  async function differenceOf({ account }: Lease, folder: SyncedFolder, inventory: Inventory): Promise<Difference> {
    const listed = await inventory.list()
    const stored = await database.db
      .selectFrom('message_locations as place')
      .innerJoin('messages', 'messages.id', 'place.message_id')
      .select(['place.remote_id', 'messages.received_at'])
      .where('place.folder_id', '=', folder.id)
      .execute()
    const setAside = await database.db
      .selectFrom('unfiled_messages')
      .select('remote_id')
      .where('email_account_id', '=', account.id)
      .execute()
    const erased = await database.db
      .selectFrom('erased_locations')
      .select('remote_id')
      .where('folder_id', '=', folder.id)
      .execute()
    const ignored = new Set([...(unwanted.get(folder.id) ?? [])].filter((id) => listed.has(id)))
    unwanted.set(folder.id, ignored)
    const known = new Set([...stored, ...setAside, ...erased].map(({ remote_id: id }) => id))
    const missing = [...listed].filter((id) => !known.has(id) && !ignored.has(id))
    await filing.leaveErased(folder.id, erased.map((row) => row.remote_id).filter((id) => !listed.has(id))) // prettier-ignore
    const doubted = stored.filter((row) => row.received_at >= account.importFrom && !listed.has(row.remote_id))
    return { missing, left: await inventory.leftOf(doubted.map((row) => row.remote_id)) }
  }

  async function repair(
    lease: Lease,
    folder: SyncedFolder,
    inventory: Inventory,
    { missing, left }: Difference,
  ): Promise<'done' | 'to-look-again'> {
    const { account } = lease
    const until = performance.now() + LONGEST_MS
    const met = new Set<string>()
    let broughtIn = 0
    // Before the fetch: a replaced message is recognized only if its earlier version has no location.
    for (let at = 0; at < left.length; at += LEAVING_TOGETHER) {
      const some = left.slice(at, at + LEAVING_TOGETHER)
      await leases.write(lease, async (tx) => {
        for (const id of some) await filing.removeFromFolder(tx, account, folder.remoteId, id)
      })
    }
    for await (const message of inventory.fetch(missing)) {
      met.add(message.remoteId)
      if (await bringIn(lease, message)) broughtIn++
      if (performance.now() > until) break
    }
    const found = { missing_found: met.size, brought_in: broughtIn, left_found: left.length }
    if (met.size + left.length > 0) {
      log.warn({ emailAccountId: account.id, folder: folder.name, ...found }, 'A folder differed from the server')
    }
    await note(lease, folder, found, { listed: true })
    if (performance.now() > until) {
      doubtful.set(folder.id, new Set(missing.filter((id) => !met.has(id))))
      return 'to-look-again'
    }
    unwanted.set(folder.id, new Set([...unwanted.get(folder.id)!, ...missing.filter((id) => !met.has(id))]))
    return 'done'
  }

  /** Returns false if the message could not be stored and was set aside. */
  async function bringIn(lease: Lease, message: RemoteMessage): Promise<boolean> {
    try {
      await leases.write(lease, (tx) => fileOne(tx, lease.account, message))
      return true
    } catch (error) {
      if (!isOfOneMessage(error)) throw error
      await leases.write(lease, (tx) => unfiled.setAside(tx, lease.account, message, error))
      unfiled.report(lease.account, [{ remoteId: message.remoteId, error }])
      return false
    }
  }

  async function note(lease: Lease, { id }: SyncedFolder, found: Found, { listed }: { listed: boolean }) {
    const now = clock.now()
    await leases.write(lease, (tx) =>
      tx
        .updateTable('folder_sync_states')
        .set((eb) => ({
          compared_at: now,
          ...(listed && { listed_at: now }),
          comparisons: eb('comparisons', '+', 1),
          missing_found: eb('missing_found', '+', found.missing_found ?? 0),
          brought_in: eb('brought_in', '+', found.brought_in ?? 0),
          left_found: eb('left_found', '+', found.left_found ?? 0),
        }))
        .where('folder_id', '=', id)
        .execute(),
    )
    return 'done' as const
  }

  async function of(id: EmailAccountId): Promise<Reconciled[]> {
    const rows = await database.db
      .selectFrom('folders')
      .innerJoin('folder_sync_states', 'folder_id', 'folders.id')
      .select(['folder_id', 'name', 'comparisons', 'compared_at', 'missing_found', 'brought_in', 'left_found'])
      .where('email_account_id', '=', id)
      .where('synced', '=', true)
      .orderBy('name')
      .execute()
    return rows.map((row) => ({
      folderId: row.folder_id,
      name: row.name,
      comparisons: row.comparisons,
      comparedAt: row.compared_at ?? undefined,
      missingFound: row.missing_found,
      broughtIn: row.brought_in,
      leftFound: row.left_found,
    }))
  }

  return { compare, of }
}
