/** The worker of mailbox actions, with a mail server that fails for single messages or that is slow. */
import { sql, type Kysely } from 'kysely'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTestClock,
  customerMessage,
  silentLog,
  storeEmailAccount,
  storeFolder,
  testDatabase,
  WAIT,
} from '../../test/kit/index.ts'
import { createConversations } from '../conversations/index.ts'
import type { Schema } from '../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import { createEvents } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, FolderId, StoredMessageId } from '../kernel/ids.ts'
import type { ChangeOutcome, ChangeOutcomes } from '../transports/index.ts'
import { createWorker } from './worker.ts'

const database = await testDatabase()
const { db } = database
const clock = createTestClock()
const { filing } = createConversations({ database, clock, events: createEvents(database) })
const never = new AbortController().signal
const unavailable = new AppError('transports.unavailable')

/** A server that changes messages one at a time, like Graph. */
class Server {
  readonly asked: string[] = []
  /** Error at a message, after which the server leaves the rest of the batch. */
  fails: (remoteId: string) => AppError | undefined = () => undefined
  /** Error of every move. */
  refusesMoves: AppError | undefined
  before: (remoteId: string) => Promise<unknown> = () => Promise.resolve()

  async each(remoteIds: readonly string[], end: AbortSignal | undefined): Promise<ChangeOutcomes> {
    const outcomes = new Map<string, ChangeOutcome>()
    for (const remoteId of remoteIds) {
      if (end?.aborted) break
      this.asked.push(remoteId)
      await this.before(remoteId)
      const error = this.fails(remoteId)
      if (error) return { outcomes, stoppedBy: error, stoppedAt: [remoteId] }
      outcomes.set(remoteId, { kind: 'done', remoteId })
    }
    return { outcomes }
  }
}

const servers = new Map<EmailAccountId, Server>()
const emailAccounts = {
  get: (id: EmailAccountId) =>
    Promise.resolve({ id, address: 'support@contoso.example', createdAt: clock.now() } as EmailAccount),
  transportOf({ id }: EmailAccount) {
    const server = servers.get(id)!
    const changing = {
      markSeen: (ids: readonly string[], _isSeen: boolean, end?: AbortSignal) => server.each(ids, end),
      move: (ids: readonly string[], _to: unknown, end?: AbortSignal) =>
        server.refusesMoves
          ? Promise.resolve({ outcomes: new Map(), stoppedBy: server.refusesMoves, stoppedAt: ids.slice(0, 1) })
          : server.each(ids, end),
    }
    return Promise.resolve({ reading: { changing, owns: () => true } })
  },
} as unknown as Pick<EmailAccounts, 'get' | 'transportOf'>
let canChange = true
const transports = { canChange: () => Promise.resolve(canChange) }
const deps = { database, clock, log: silentLog, emailAccounts, transports, filing, random: () => 0 }
const worker = createWorker(deps)

beforeEach(async () => {
  await db.deleteFrom('account_actions').execute()
  await db.deleteFrom('account_action_settings').execute()
})

/** A mailbox with due actions of `count` messages: to be marked as read, or moved to Done. */
async function storeAccount(count: number, action: 'mark' | 'move' = 'mark') {
  const { id } = await storeEmailAccount(database, clock)
  const account = { id, address: 'support@contoso.example', createdAt: clock.now() }
  const folders: FolderId[] = []
  for (const name of ['inbox', 'done']) {
    folders.push(await storeFolder(database, { emailAccountId: id, remoteId: name, name, synced: name === 'inbox' }))
  }
  const [inbox, done] = folders
  await db
    .insertInto('account_action_settings')
    .values({ email_account_id: id, marks_read: true, moves_closed: true, closed_folder_id: done! })
    .execute()
  for (let n = 1; n <= count; n++) {
    const message = customerMessage(clock, n, { folderRemoteId: 'inbox' })
    const filed = await database.transaction((tx) => filing.file(tx, account, message))
    await db
      .insertInto('account_actions')
      .values({
        message_id: filed!.messageId,
        email_account_id: id,
        due_at: new Date(clock.now().getTime() - 1000 + n),
        changed_at: clock.now(),
        ...(action === 'mark' && { wants_seen: true, seen_pending: true }),
        ...(action === 'move' && { place: 'closed' as const, move_pending: true, home_folder_id: inbox! }),
      })
      .execute()
  }
  const server = new Server()
  servers.set(id, server)
  return { id, server }
}

/** Pending messages by their ids on the server, with their attempts. */
async function waiting(id: EmailAccountId): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('account_actions')
    .innerJoin('messages', 'messages.id', 'account_actions.message_id')
    .select(['remote_id', 'attempts'])
    .where('account_actions.email_account_id', '=', id)
    .where('due_at', 'is not', null)
    .orderBy('remote_id')
    .execute()
  return Object.fromEntries(rows.map(({ remote_id, attempts }) => [remote_id, attempts]))
}

const settingsOf = (id: EmailAccountId) =>
  db.selectFrom('account_action_settings').selectAll().where('email_account_id', '=', id).executeTakeFirstOrThrow()

describe('a message at which a batch stops', () => {
  it('lets the others go first', async () => {
    const { id, server } = await storeAccount(4)
    server.fails = (remoteId) => (remoteId === 'remote-1' ? unavailable : undefined)
    await worker.run(never)
    clock.advance(10_000)
    await worker.run(never)
    expect(server.asked).toEqual(['remote-1', 'remote-2', 'remote-3', 'remote-4'])
    expect(await waiting(id)).toEqual({ 'remote-1': 1 })
  })

  it('has failed after eight attempts, while other messages succeed', async () => {
    const { id, server } = await storeAccount(9)
    server.fails = (remoteId) => (remoteId === 'remote-9' ? unavailable : undefined)
    for (let n = 1; n <= 8; n++) {
      expect(Object.keys(await waiting(id))).toContain('remote-9')
      await worker.run(never)
      // Another message of the mailbox succeeds between two attempts.
      await db
        .updateTable('account_actions')
        .set({ seen_pending: true, due_at: clock.now() })
        .where('message_id', 'in', db.selectFrom('messages').select('id').where('remote_id', '=', 'remote-1'))
        .where('email_account_id', '=', id)
        .execute()
      clock.advance(2 * 60 * 60_000)
    }
    await worker.run(never)
    expect(await waiting(id)).toEqual({})
    const failed = await db
      .selectFrom('account_actions')
      .select(['code', 'seen_pending', 'attempts'])
      .where('email_account_id', '=', id)
      .where('code', 'is not', null)
      .execute()
    expect(failed).toEqual([{ code: 'transports.unavailable', seen_pending: true, attempts: 8 }])
  })

  it('does not fail during an outage of the mailbox', async () => {
    const { id, server } = await storeAccount(2)
    server.fails = () => unavailable
    for (let n = 1; n <= 20; n++) {
      await worker.run(never)
      clock.advance(2 * 60 * 60_000)
    }
    expect(server.asked).toHaveLength(20)
    expect(await waiting(id)).toEqual({ 'remote-1': 1, 'remote-2': 0 })
  })
})

describe('moves to a folder that is gone', () => {
  it('wait with the reason, and leave read marks in work', async () => {
    const { id, server } = await storeAccount(3, 'move')
    await db.updateTable('account_actions').set({ wants_seen: true, seen_pending: true }).execute()
    server.refusesMoves = new AppError('transports.target_folder_gone')
    for (let n = 1; n <= 20; n++) {
      await worker.run(never)
      clock.advance(60 * 60_000)
    }
    expect(await waiting(id)).toEqual({ 'remote-1': 0, 'remote-2': 0, 'remote-3': 0 })
    expect(await db.selectFrom('account_actions').select('seen_written').distinct().execute()).toEqual([
      { seen_written: true },
    ])
    const since = new Date(clock.now().getTime() - 20 * 60 * 60_000)
    const trouble = { trouble_code: 'transports.target_folder_gone', trouble_since: since }
    expect(await settingsOf(id)).toMatchObject({ ...trouble, held_until: null, failures: 0 })

    // The success of another message is no proof that the folder is back.
    await db
      .updateTable('account_actions')
      .set({ due_at: new Date(clock.now().getTime() + 60_000) })
      .where('message_id', 'not in', db.selectFrom('messages').select('id').where('remote_id', '=', 'remote-1'))
      .execute()
    server.refusesMoves = undefined
    await worker.run(never)
    expect(Object.keys(await waiting(id))).toEqual(['remote-2', 'remote-3'])
    expect(await settingsOf(id)).toMatchObject(trouble)
    clock.advance(60_000)
    await worker.run(never)
    expect(await waiting(id)).toEqual({})
    expect(await settingsOf(id)).toMatchObject({ trouble_code: null, trouble_since: null })
  })
})

it('asks the server nothing without the permission, and waits with it as the reason', async () => {
  const { id, server } = await storeAccount(1)
  canChange = false
  await worker.run(never)
  canChange = true
  expect(server.asked).toEqual([])
  expect(await settingsOf(id)).toMatchObject({ trouble_code: 'account_actions.permission_missing' })
  expect(await waiting(id)).toEqual({ 'remote-1': 0 })
})

describe('a worker that has lost its lease', () => {
  it('stores its move, and nothing that another worker decides', async () => {
    const { id, server } = await storeAccount(1, 'move')
    server.before = async () => {
      await db
        .updateTable('account_action_settings')
        .set({ claimed_by: 'another', claimed_until: new Date(clock.now().getTime() + 60_000) })
        .where('email_account_id', '=', id)
        .execute()
    }
    await worker.run(never)
    expect(await waiting(id)).toEqual({ 'remote-1': 0 })
    const row = await db
      .selectFrom('account_actions')
      .innerJoin('folders', 'folders.id', 'at_folder_id')
      .select(['folders.name', 'move_pending'])
      .where('account_actions.email_account_id', '=', id)
      .execute()
    expect(row).toEqual([{ name: 'done', move_pending: true }])
    expect(await settingsOf(id)).toMatchObject({ claimed_by: 'another' })
  })

  it('does not hold the mailbox of another worker', async () => {
    const { id, server } = await storeAccount(1)
    server.before = async () => {
      await db.updateTable('account_action_settings').set({ claimed_by: 'another' }).execute()
    }
    server.fails = () => unavailable
    await worker.run(never)
    expect(await settingsOf(id)).toMatchObject({ claimed_by: 'another', held_until: null, failures: 0 })
  })

  it('does not end the lease of a later round of the same server', async () => {
    const { id, server } = await storeAccount(1)
    const [first, second] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
    const begun = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
    let round = 0
    server.before = () => {
      const turn = round++
      begun[turn]!.resolve(undefined)
      return [first, second][turn]!.promise
    }
    const abandoned = worker.run(never)
    await begun[0]!.promise
    clock.advance(6 * 60_000)
    const later = worker.run(never)
    await begun[1]!.promise
    const { claimed_by: lease } = await settingsOf(id)
    first.resolve(undefined)
    await abandoned
    expect(await settingsOf(id)).toMatchObject({ claimed_by: lease })
    expect(lease).not.toBeNull()
    second.resolve(undefined)
    await later
    expect(await settingsOf(id)).toMatchObject({ claimed_by: null })
    expect(await waiting(id)).toEqual({})
  })
})

it('a batch begins no message after the round is late, and counts none of the rest', async () => {
  const { id, server } = await storeAccount(3)
  const late = new AbortController()
  server.before = async () => late.abort()
  await worker.run(late.signal)
  expect(server.asked).toEqual(['remote-1'])
  expect(await waiting(id)).toEqual({ 'remote-2': 0, 'remote-3': 0 })
})

it('an error of one mailbox leaves the others in work, and the round waits for them', async () => {
  const broken = await storeAccount(1)
  const others = [await storeAccount(1), await storeAccount(1)]
  const get = (id: EmailAccountId) =>
    id === broken.id ? Promise.reject(new AppError('database.deadlock')) : emailAccounts.get(id)
  const reached = createWorker({ ...deps, emailAccounts: { ...emailAccounts, get } })
  await reached.run(never)
  for (const { id } of others) expect(await waiting(id)).toEqual({})
  expect(await waiting(broken.id)).toEqual({ 'remote-1': 0 })
  expect(await settingsOf(broken.id)).toMatchObject({ claimed_by: null, held_until: null })
})

it('results lock messages in the order of their ids, so that they and the intake never wait for each other', async () => {
  const { id } = await storeAccount(2)
  const messages = await db
    .selectFrom('account_actions')
    .select('message_id')
    .where('email_account_id', '=', id)
    .orderBy('message_id')
    .execute()
  const [first, last] = messages.map((row) => row.message_id)
  // The first one is then the last in the batch, and in the table.
  await db.updateTable('account_actions').set({ due_at: clock.now() }).where('message_id', '=', first!).execute()
  const lock = (of: Kysely<Schema>, messageId: StoredMessageId) =>
    sql`SELECT FROM account_actions WHERE message_id = ${messageId} FOR UPDATE NOWAIT`.execute(of)
  const begun = Promise.withResolvers<boolean>()
  await database.transaction(async (tx) => {
    await lock(tx, first!)
    begun.resolve(worker.run(never))
    await vi.waitUntil(async () => {
      const { rows } = await sql`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db)
      return rows.length > 0
    }, WAIT)
    await lock(tx, last!)
  })
  await begun.promise
  expect(await waiting(id)).toEqual({})
})
