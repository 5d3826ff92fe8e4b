import { sql } from 'kysely'
import type { Conversations } from '../conversations/index.ts'
import type { Tx } from '../database/index.ts'
import type { EmailAccount, SyncedFolder } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { RemoteMessage, SparseMessage } from '../mail/index.ts'
import type { ChangePage, Cursor, MailTransport } from '../transports/index.ts'
import type { Turn, Turns } from './turns.ts'

export interface FolderReadingDeps {
  clock: Clock
  events: Events
  conversations: Conversations
  turns: Turns
  log: Log
}

export type FolderReading = ReturnType<typeof createFolderReading>

/**
 * Reads one folder from its cursor, page by page. A page, everything that came of it and the cursor behind it are one
 * transaction: after a crash the next reader goes on from the last page that was stored whole, and what it meets a
 * second time is recognized.
 */
export function createFolderReading({ clock, events, conversations, turns, log }: FolderReadingDeps) {
  /** At most so many pages; whether the folder was read to its end. */
  async function read(turn: Turn, transport: MailTransport, folder: SyncedFolder, pages: number): Promise<boolean> {
    const since = turn.account.importFrom
    const cursor = await cursorOf(turn, folder)
    const changes = transport.changes(folder.remoteId, cursor, { since })[Symbol.asyncIterator]()
    try {
      for (let page = 0; page < pages; page++) {
        // Before the question: what comes in while it is answered may not be part of the answer.
        const askedAt = clock.now()
        const step = await changes.next()
        if (step.done) return true
        await store(turn, folder, await completed(turn, transport, step.value), askedAt)
        if (step.value.done) return true
      }
      return false
    } finally {
      await changes.return?.()
    }
  }

  async function cursorOf(turn: Turn, folder: SyncedFolder): Promise<Cursor | undefined> {
    return turns.write(turn, async (tx) => {
      const row = await tx.selectFrom('folders').select('cursor').where('id', '=', folder.id).executeTakeFirst()
      return (row?.cursor as Cursor | null | undefined) ?? undefined
    })
  }

  /** Changes of messages that we do not have are fetched whole; what is older than the import is left where it is. */
  async function completed(turn: Turn, transport: MailTransport, page: ChangePage): Promise<ChangePage> {
    const { account } = turn
    const isOld = (each: RemoteMessage) => each.receivedAt < account.importFrom
    const doubtful = page.upserts.filter((each) => each.partial || isOld(each)).map(({ remoteId }) => remoteId)
    const known = await conversations.knownOf(account.id, doubtful)
    const upserts: (RemoteMessage | SparseMessage)[] = []
    for (const each of page.upserts) {
      const whole = !each.partial || known.has(each.remoteId) ? each : await transport.fetchMessage(each.remoteId)
      // Meanwhile it may have been moved: then that folder tells of it.
      if (!whole || whole.folderRemoteId !== each.folderRemoteId) continue
      if (!whole.partial && isOld(whole) && !known.has(whole.remoteId)) continue
      upserts.push(whole)
    }
    return { ...page, upserts }
  }

  async function store(turn: Turn, folder: SyncedFolder, page: ChangePage, askedAt: Date): Promise<void> {
    try {
      await turns.write(turn, (tx) => storePage(tx, turn.account, folder, page, askedAt, fileOne))
    } catch (error) {
      // What is not about one message is tried again as a whole, later.
      if (error instanceof AppError && error.remedy !== 'bug') throw error
      log.warn({ err: error, emailAccountId: turn.account.id }, 'A page of messages is stored one by one')
      await turns.write(turn, (tx) => storePage(tx, turn.account, folder, page, askedAt, fileOrSetAside))
    }
  }

  async function storePage(
    tx: Tx,
    account: EmailAccount,
    folder: SyncedFolder,
    page: ChangePage,
    askedAt: Date,
    file: typeof fileOne,
  ): Promise<void> {
    const round = await beginRound(tx, folder, page)
    let created = 0
    for (const each of page.upserts) if (await file(tx, account, each)) created++
    // After the upserts: of what is in both, the server is asked.
    for (const remoteId of page.removed) await conversations.leave(tx, account, folder.remoteId, remoteId)
    const left = page.done && page.reset ? await conversations.leaveUnmet(tx, account, folder.remoteId, round) : 0

    await tx
      .updateTable('folders')
      .set((eb) => ({
        cursor: JSON.stringify(page.cursor),
        ...(page.firstRound && !page.reset ? { imported_count: eb('imported_count', '+', created) } : {}),
        ...(page.done ? { imported: true, rereading: false, complete_up_to: askedAt } : {}),
      }))
      .where('id', '=', folder.id)
      .execute()
    await setFigures(tx, account)

    if (page.done && page.reset) await tell('folder.resynced', { folderId: folder.id, left })
    else if (page.firstRound && created > 0) await tell('email_account.import_progress', { folderId: folder.id })

    function tell(kind: 'folder.resynced' | 'email_account.import_progress', payload: Record<string, unknown>) {
      return events.append(tx, {
        kind,
        emailAccountId: account.id,
        subjectId: kind === 'folder.resynced' ? folder.id : account.id,
        payload,
        at: clock.now(),
      })
    }
  }

  /** Read again from the start, the folder begins a round of its own: what it does not meet has left. */
  async function beginRound(tx: Tx, folder: SyncedFolder, page: ChangePage): Promise<number> {
    const { cursor_round: round, rereading } = await tx
      .selectFrom('folders')
      .select(['cursor_round', 'rereading'])
      .where('id', '=', folder.id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (!page.reset || rereading) return round
    await tx
      .updateTable('folders')
      .set({ cursor_round: round + 1, rereading: true })
      .where('id', '=', folder.id)
      .execute()
    return round + 1
  }

  /** Whether it was new here. */
  async function fileOne(tx: Tx, account: EmailAccount, each: RemoteMessage | SparseMessage): Promise<boolean> {
    if (each.partial) {
      await conversations.applyPartial(tx, account, each)
      return false
    }
    const filed = await conversations.file(tx, account, each)
    if (!filed?.created) return false
    const isOut = each.from?.address.toLowerCase() === account.address.toLowerCase()
    const column = isOut ? 'last_sent_at' : 'last_received_at'
    await sql`UPDATE email_accounts
      SET ${sql.ref(column)} = greatest(${sql.ref(column)}, ${each.receivedAt}::timestamptz)
      WHERE id = ${account.id}`.execute(tx)
    return true
  }

  /** One that cannot be stored must not hold up all that come after it. */
  async function fileOrSetAside(tx: Tx, account: EmailAccount, each: RemoteMessage | SparseMessage): Promise<boolean> {
    await sql`SAVEPOINT one_message`.execute(tx)
    try {
      const created = await fileOne(tx, account, each)
      await sql`RELEASE SAVEPOINT one_message`.execute(tx)
      return created
    } catch (error) {
      if (error instanceof AppError && error.remedy !== 'bug') throw error
      await sql`ROLLBACK TO SAVEPOINT one_message`.execute(tx)
      log.error({ err: error, emailAccountId: account.id, remoteId: each.remoteId }, 'A message could not be stored')
      await tx
        .insertInto('unfiled_messages')
        .values({
          email_account_id: account.id,
          remote_id: each.remoteId,
          folder_remote_id: each.folderRemoteId,
          reason: AppError.from(error).code,
          at: clock.now(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await events.append(tx, {
        kind: 'message.unfiled',
        emailAccountId: account.id,
        subjectId: each.remoteId,
        payload: { folderRemoteId: each.folderRemoteId },
        at: clock.now(),
      })
      return false
    }
  }

  /** Complete is an account up to the time at which the least complete of its folders is. */
  async function setFigures(tx: Tx, account: EmailAccount): Promise<void> {
    await sql`UPDATE email_accounts SET complete_up_to = (
        SELECT CASE WHEN bool_and(complete_up_to IS NOT NULL) THEN min(complete_up_to) END
        FROM folders WHERE email_account_id = ${account.id} AND synced)
      WHERE id = ${account.id}`.execute(tx)
  }

  return { read }
}
