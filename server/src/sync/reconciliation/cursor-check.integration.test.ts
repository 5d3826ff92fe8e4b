import { expect, it } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createTestClock, silentLog, testDatabase } from '../../../test/kit/index.ts'
import { CHECK_EVERY_MS, LOOK_AGAIN_MS } from './cursor-check.ts'
import { createStage, deliverMany, listEventKinds, count } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'
import { createLeases } from '../scheduling/leases.ts'
import { createWatchdog } from '../scheduling/watchdog.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = createTestClock()
const { emailAccounts, associate, sync } = createStage(database, clock, new Map())
const leases = createLeases({ database, clock, emailAccounts })

/** Runs all due accounts until none is due. */
async function runOnce(): Promise<void> {
  await sync.start()
  await sync.settled()
  await sync.stop()
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await runOnce()
}

/** A mailbox with some mail after its first check. */
async function readTwice(address: string) {
  const server = new StrictFolderServer()
  deliverMany(server, 3)
  const { id } = await associate(address, server.transport)
  await runOnce()
  await pass(CHECK_EVERY_MS)
  expect(server.listed).toBe(2)
  return { server, id }
}

function write(server: StrictFolderServer, remoteId: string): void {
  server.deliver({ remoteId, messageId: `${remoteId}@customer.example`, receivedAt: clock.now() })
}

async function messagesOf(id: EmailAccountId): Promise<string[]> {
  const rows = await database.db.selectFrom('messages').select('remote_id').where('email_account_id', '=', id).execute()
  return rows.map(({ remote_id: remoteId }) => remoteId).sort()
}

function figuresOf(id: EmailAccountId) {
  return database.db
    .selectFrom('account_sync_states')
    .select(['check_due_at', 'checked_at', 'checks_failed', 'complete_up_to'])
    .where('email_account_id', '=', id)
    .executeTakeFirstOrThrow()
}

it('the cursor check lists each folder of a healthy mailbox once an hour with one request', async () => {
  const { server, id } = await readTwice('well@contoso.example')
  for (let minutes = 0; minutes < 55; minutes += 5) await pass(5 * MINUTE_MS)
  expect(server.listed).toBe(2)
  await pass(5 * MINUTE_MS)
  expect(server.listed).toBe(4)
  expect(await figuresOf(id)).toMatchObject({ checked_at: clock.now(), checks_failed: 0 })
})

it('the cursor check reads a folder with a stuck cursor from the start, which finds the missing mail without duplicates', async () => {
  const { server, id } = await readTwice('stuck@contoso.example')
  server.silent = 'until-read-again'
  write(server, 'held')
  server.delete('m0')
  await pass(CHECK_EVERY_MS)
  expect(await messagesOf(id)).toEqual(['m0', 'm1', 'm2'])
  await pass(LOOK_AGAIN_MS)
  expect(await messagesOf(id)).toEqual(['held', 'm0', 'm1', 'm2'])
  expect((await emailAccounts.get(id)).state).toBe('connected')
  expect(await figuresOf(id)).toMatchObject({ checks_failed: 1 })
  expect(count(await listEventKinds(database, id), 'message.received')).toBe(1)
  const left = await database.db.selectFrom('messages').select('presence').where('email_account_id', '=', id).where('remote_id', '=', 'm0').executeTakeFirst() // prettier-ignore
  expect(left).toEqual({ presence: 'gone' })
})

it('the cursor check reports mail that stays missing, lowers the completeness time, and recovers once the mail arrives', async () => {
  const { server, id } = await readTwice('silent@contoso.example')
  server.silent = 'always'
  write(server, 'held')
  const heldAt = clock.now()
  await pass(CHECK_EVERY_MS)
  await pass(LOOK_AGAIN_MS)
  const { state, reason } = await emailAccounts.get(id)
  expect({ state, code: reason?.code }).toEqual({ state: 'degraded', code: 'email_accounts.mail_held_back' })
  expect((await figuresOf(id)).complete_up_to).toEqual(heldAt)

  const told = (await listEventKinds(database, id)).length
  for (let minutes = 0; minutes < 120; minutes += 10) await pass(10 * MINUTE_MS)
  expect((await emailAccounts.get(id)).state).toBe('degraded')
  const since = (await listEventKinds(database, id)).slice(told)
  expect(count(since, 'email_account.state_changed')).toBe(0)
  expect(count(since, 'folder.resynced')).toBe(2)

  server.silent = undefined
  await pass(10 * MINUTE_MS)
  expect((await emailAccounts.get(id)).state).toBe('connected')
  expect(await messagesOf(id)).toEqual(['held', 'm0', 'm1', 'm2'])
  await pass(MINUTE_MS)
  expect((await figuresOf(id)).complete_up_to).toEqual(clock.now())
})

it('the cursor check ignores mail that arrives while the folder is read', async () => {
  const { server, id } = await readTwice('busy@contoso.example')
  clock.advance(CHECK_EVERY_MS)
  const pages = server.pagesTold
  // After the changes of the inbox were read, and before it is listed.
  server.beforePage = (page) => {
    if (page === pages + 2) write(server, 'late')
  }
  await runOnce()
  expect(await messagesOf(id)).toEqual(['m0', 'm1', 'm2'])
  await pass(LOOK_AGAIN_MS)
  expect(await figuresOf(id)).toMatchObject({ checks_failed: 0 })
  expect(await messagesOf(id)).toEqual(['late', 'm0', 'm1', 'm2'])
})

it('the cursor check ignores drafts, mail older than the import, and mail that could not be stored', async () => {
  const { server, id } = await readTwice('odd@contoso.example')
  server.silent = 'always'
  server.deliver({ remoteId: 'draft', flags: ['draft'], receivedAt: clock.now() })
  server.deliver({ remoteId: 'old', receivedAt: new Date('2000-01-01T00:00:00Z') })
  write(server, 'odd')
  await database.db
    .insertInto('unfiled_messages')
    .values({
      ...{ email_account_id: id, remote_id: 'odd', folder_remote_id: 'inbox', reason: 'kernel.unexpected' },
      ...{ at: clock.now(), next_try_at: new Date(clock.now().getTime() + 48 * CHECK_EVERY_MS) },
    })
    .execute()
  await pass(CHECK_EVERY_MS)
  await pass(LOOK_AGAIN_MS)
  expect(await figuresOf(id)).toMatchObject({ checks_failed: 0 })
})

it('the cursor check is started by the watchdog if no run started it', async () => {
  const { id } = await readTwice('forgotten@contoso.example')
  const { check_due_at: dueAt } = await figuresOf(id)
  const far = new Date(dueAt!.getTime() + 12 * MINUTE_MS)
  await database.db.updateTable('account_sync_states').set({ due_at: far }).where('email_account_id', '=', id).execute()
  const watchdog = createWatchdog({ database, clock, emailAccounts, leases, log: silentLog, silentAfterMs: 1e9 })
  clock.advance(dueAt!.getTime() + 9 * MINUTE_MS - clock.now().getTime())
  await watchdog.look()
  expect((await emailAccounts.get(id)).dueAt).toEqual(far)
  clock.advance(MINUTE_MS)
  await watchdog.look()
  expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())
})
