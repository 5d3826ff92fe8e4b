/**
 * Whether what the server has in a folder is what is stored.
 *
 * Cursors tell changes. What they once left out they never tell again, and a server without QRESYNC tells of no deletion
 * beyond its newest messages. So about once an hour the count of each folder is compared, and where it differs, its ids;
 * those are compared once a day in any case, because one missing and one too many are no difference. What differs twice
 * in a row is brought in or taken away one by one. Recognized as any other mail, it comes once however often it is met.
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
import type { Turn, Turns } from '../scheduling/turns.ts'
import type { UnfiledMessages } from '../reading/unfiled-messages.ts'

const LISTED_EVERY_MS = 24 * 60 * 60_000
/** Then others have a turn; the rest is looked at again in a minute. */
const LONGEST_MS = 3 * 60_000
const LEAVING_TOGETHER = 100
/** The folder is not there, was numbered anew, or its server has no such question: readings deal with that. */
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
  turns: Turns
  unfiled: UnfiledMessages
  fileOne: FileOne
  log: Log
}

/** Of one folder, since it is read. */
export interface Reconciled {
  folderId: FolderId
  name: string
  /** How often it was compared, and when last. */
  comparisons: number
  comparedAt: Date | undefined
  /** Messages that the server had and no reading had brought, and how many of them were brought in. */
  missingFound: number
  broughtIn: number
  /** Messages that had left the folder without anybody telling. */
  leftFound: number
}

interface Difference {
  missing: string[]
  left: string[]
}

type Found = Partial<Record<'missing_found' | 'brought_in' | 'left_found', number>>

export type Reconciliation = ReturnType<typeof createReconciliation>

export function createReconciliation(deps: ReconciliationDeps) {
  const { database, clock, filing, turns, unfiled, fileOne, log } = deps
  // Of this process: forgotten, a folder is compared once more.
  const doubtful = new Map<FolderId, ReadonlySet<string>>()
  /** Listed, asked for and not wanted: received on the first day that is read, before its hour. */
  const unwanted = new Map<FolderId, ReadonlySet<string>>()

  /** After the folders were read to their ends. */
  async function compare(
    turn: Turn,
    transport: ReadingTransport,
    folders: readonly SyncedFolder[],
  ): Promise<'done' | 'to-look-again'> {
    const ends: ('done' | 'to-look-again')[] = []
    for (const folder of folders) {
      // Drafts are never kept.
      if (folder.role === 'drafts') continue
      try {
        ends.push(await compareFolder(turn, transport, folder))
      } catch (error) {
        if (!(error instanceof AppError) || !NOT_NOW.includes(error.code)) throw error
        log.info({ err: error, emailAccountId: turn.account.id, folder: folder.name }, 'A folder was not compared')
      }
    }
    return ends.includes('to-look-again') ? 'to-look-again' : 'done'
  }

  async function compareFolder(
    turn: Turn,
    transport: ReadingTransport,
    folder: SyncedFolder,
  ): Promise<'done' | 'to-look-again'> {
    const standing = await standingOf(folder.id)
    if (!standing?.imported || standing.rereading) return 'done'
    const { importFrom } = turn.account
    const inventory = await transport.inventory(folder.remoteId, importFrom)
    const now = clock.now()
    const isListed = standing.listed_at !== null && now.getTime() - standing.listed_at.getTime() < LISTED_EVERY_MS
    const before = doubtful.get(folder.id)
    if (inventory.count !== undefined && isListed && !before) {
      if (inventory.count === (await countOf(folder.id, importFrom))) return note(turn, folder, {}, { listed: false })
    }

    const found = await differenceOf(turn, folder, inventory)
    doubtful.delete(folder.id)
    if (found.missing.length === 0 && found.left.length === 0) return note(turn, folder, {}, { listed: true })
    if (!before) {
      // What came or went while the folder was being read is told by the next reading.
      doubtful.set(folder.id, new Set([...found.missing, ...found.left]))
      return 'to-look-again'
    }
    const missing = found.missing.filter((id) => before.has(id))
    const left = found.left.filter((id) => before.has(id))
    return repair(turn, folder, inventory, { missing, left })
  }

  async function standingOf(id: FolderId) {
    return database.db
      .selectFrom('folders')
      .select(['imported', 'rereading', 'listed_at'])
      .where('id', '=', id)
      .executeTakeFirst()
  }

  async function countOf(id: FolderId, since: Date): Promise<number> {
    const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM message_locations place
      JOIN messages ON messages.id = place.message_id
      WHERE place.folder_id = ${id} AND messages.received_at >= ${since}`.execute(database.db)
    return rows[0]!.n
  }

  async function differenceOf({ account }: Turn, folder: SyncedFolder, inventory: Inventory): Promise<Difference> {
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
    const ignored = new Set([...(unwanted.get(folder.id) ?? [])].filter((id) => listed.has(id)))
    unwanted.set(folder.id, ignored)
    const known = new Set([...stored, ...setAside].map(({ remote_id: id }) => id))
    const missing = [...listed].filter((id) => !known.has(id) && !ignored.has(id))
    const doubted = stored.filter((row) => row.received_at >= account.importFrom && !listed.has(row.remote_id))
    return { missing, left: await inventory.leftOf(doubted.map((row) => row.remote_id)) }
  }

  async function repair(
    turn: Turn,
    folder: SyncedFolder,
    inventory: Inventory,
    { missing, left }: Difference,
  ): Promise<'done' | 'to-look-again'> {
    const { account } = turn
    const until = performance.now() + LONGEST_MS
    const met = new Set<string>()
    let broughtIn = 0
    // First: a message that the server replaced is recognized when its earlier version lies nowhere.
    for (let at = 0; at < left.length; at += LEAVING_TOGETHER) {
      const some = left.slice(at, at + LEAVING_TOGETHER)
      await turns.write(turn, async (tx) => {
        for (const id of some) await filing.removeFromFolder(tx, account, folder.remoteId, id)
      })
    }
    for await (const message of inventory.fetch(missing)) {
      met.add(message.remoteId)
      if (await bringIn(turn, message)) broughtIn++
      if (performance.now() > until) break
    }
    const found = { missing_found: met.size, brought_in: broughtIn, left_found: left.length }
    if (met.size + left.length > 0) {
      log.warn({ emailAccountId: account.id, folder: folder.name, ...found }, 'A folder differed from the server')
    }
    await note(turn, folder, found, { listed: true })
    if (performance.now() > until) {
      doubtful.set(folder.id, new Set(missing.filter((id) => !met.has(id))))
      return 'to-look-again'
    }
    unwanted.set(folder.id, new Set([...unwanted.get(folder.id)!, ...missing.filter((id) => !met.has(id))]))
    return 'done'
  }

  /** False when it could not be stored, and is set aside as any other. */
  async function bringIn(turn: Turn, message: RemoteMessage): Promise<boolean> {
    try {
      await turns.write(turn, (tx) => fileOne(tx, turn.account, message))
      return true
    } catch (error) {
      if (!isOfOneMessage(error)) throw error
      await turns.write(turn, (tx) => unfiled.setAside(tx, turn.account, message, error))
      return false
    }
  }

  async function note(turn: Turn, { id }: SyncedFolder, found: Found, { listed }: { listed: boolean }) {
    const now = clock.now()
    await turns.write(turn, (tx) =>
      tx
        .updateTable('folders')
        .set((eb) => ({
          compared_at: now,
          ...(listed && { listed_at: now }),
          comparisons: eb('comparisons', '+', 1),
          missing_found: eb('missing_found', '+', found.missing_found ?? 0),
          brought_in: eb('brought_in', '+', found.brought_in ?? 0),
          left_found: eb('left_found', '+', found.left_found ?? 0),
        }))
        .where('id', '=', id)
        .execute(),
    )
    return 'done' as const
  }

  async function of(id: EmailAccountId): Promise<Reconciled[]> {
    const rows = await database.db
      .selectFrom('folders')
      .selectAll()
      .where('email_account_id', '=', id)
      .where('synced', '=', true)
      .orderBy('name')
      .execute()
    return rows.map((row) => ({
      folderId: row.id,
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
