/** Runs without news: cheap, and as safe as all others. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTestClock, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createStage, type Stage } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { MailTransport } from '../transports/index.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = createTestClock()
let stage: Stage
let number = 0
beforeEach(async () => {
  stage = createStage(database, clock, new Map())
  await stage.sync.start()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await stage.sync.stop()
  await database.db.deleteFrom('email_accounts').execute()
})

it('several mailboxes without news need no transaction, and their results are stored', async () => {
  const ids = [(await connected()).id, (await connected()).id, (await connected()).id]
  const transaction = vi.spyOn(database, 'transaction')

  clock.advance(MINUTE_MS)
  await stage.sync.settled()

  for (const id of ids) {
    const { last_read_at: readAt, complete_up_to: completeUpTo, due_at: dueAt } = await stateOf(id)
    expect([readAt, completeUpTo]).toEqual([clock.now(), clock.now()])
    expect(dueAt.getTime()).toBeGreaterThan(clock.now().getTime())
  }
  expect(transaction).not.toHaveBeenCalled()
})

it('a run without news stores nothing after it has lost its lease', async () => {
  const { id, server } = await connected()
  const before = await stateOf(id)
  server.beforePage = async () => {
    server.beforePage = () => undefined
    const lost = { due_at: new Date(clock.now().getTime() + MINUTE_MS) }
    await database.db
      .updateTable('account_sync_states')
      .set((eb) => ({ ...lost, fence: eb('fence', '+', 1) }))
      .where('email_account_id', '=', id)
      .execute()
  }

  clock.advance(MINUTE_MS)
  await stage.sync.settled()

  const after = await stateOf(id)
  expect(after.fence).toBe(before.fence + 2)
  expect([after.last_read_at, after.complete_up_to]).toEqual([before.last_read_at, before.complete_up_to])
})

it.each([
  ['finds nothing is no news', false],
  ['misses a stored message is news, and the message is looked up', true],
])('a comparison of a whole folder that %s', async (_what, isLeft) => {
  const server = new StrictFolderServer()
  server.deliver({ remoteId: `compared${isLeft}`, messageId: `compared${isLeft}@customer.example` })
  let isCompared = false
  const { reading } = server.transport
  const compared: MailTransport['reading'] = {
    ...reading,
    async *changes(...given) {
      for await (const page of reading.changes(...given)) yield { ...page, ...(isCompared && { left: () => isLeft }) }
    },
  }
  await connected(server, { ...server.transport, reading: compared })
  isCompared = true
  const { fetched } = server
  const transaction = vi.spyOn(database, 'transaction')

  clock.advance(MINUTE_MS)
  await stage.sync.settled()

  expect(transaction.mock.calls.length === 0).toBe(!isLeft)
  expect(server.fetched - fetched).toBe(isLeft ? 1 : 0)
})

it('a wake-up during a run without news makes the mailbox due at once', async () => {
  const { id, server } = await connected()
  let pages = 0
  server.beforePage = async () => {
    if (++pages === 1) await stage.sync.wake(id)
  }

  clock.advance(MINUTE_MS)
  await stage.sync.settled()

  // Two folders, read twice.
  expect(pages).toBe(4)
})

it('the mailbox stays complete up to the last run without news while later news is stored', async () => {
  const { id, server } = await connected()
  clock.advance(MINUTE_MS)
  await stage.sync.settled()
  const quietAt = clock.now()
  const seen: (Date | undefined)[] = []
  let pages = 0
  server.beforePage = async () => {
    if (++pages === 2) seen.push((await stage.emailAccounts.get(id)).completeUpTo)
  }
  server.deliver({ remoteId: `news${number}`, messageId: `news${number}@customer.example` })

  clock.advance(MINUTE_MS)
  await stage.sync.settled()

  expect(seen).toEqual([quietAt])
  expect((await stage.emailAccounts.get(id)).completeUpTo).toEqual(clock.now())
  const folders = await stage.emailAccounts.folders(id)
  const complete = folders.filter(({ synced }) => synced).map(({ completeUpTo }) => completeUpTo)
  expect(complete).toEqual([clock.now(), clock.now()])
})

it('a folder chosen again limits the completeness of the mailbox until it is read', async () => {
  const { id } = await connected()
  await stage.sync.stop()
  const readAt = new Date(clock.now().getTime() - 60 * MINUTE_MS)
  const archive = (await stage.emailAccounts.folders(id)).find(({ remoteId }) => remoteId === 'archive')!
  await database.db
    .updateTable('folder_sync_states')
    .set({ complete_up_to: readAt, imported: true })
    .where('folder_id', '=', archive.id)
    .execute()

  await stage.emailAccounts.chooseFolders(id, ['inbox', 'sent', 'archive'], 'admin')

  expect((await stage.emailAccounts.get(id)).completeUpTo).toEqual(readAt)
})

/** A mailbox whose import and first run without news have ended. */
async function connected(
  server = new StrictFolderServer(),
  transport = server.transport,
): Promise<{ id: EmailAccountId; server: StrictFolderServer }> {
  number++
  const { id } = await stage.associate(`quiet${number}@contoso.example`, transport)
  await vi.waitFor(async () => expect((await stage.emailAccounts.get(id)).state).toBe('connected'), WAIT)
  await stage.sync.settled()
  return { id, server }
}

function stateOf(id: EmailAccountId) {
  return database.db
    .selectFrom('account_sync_states')
    .select(['fence', 'last_read_at', 'complete_up_to', 'due_at'])
    .where('email_account_id', '=', id)
    .executeTakeFirstOrThrow()
}
