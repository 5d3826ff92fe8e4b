import { expect, it } from 'vitest'
import { createDatabaseWithStages } from '../../../test/sync/database-with-stages.ts'
import { createStage } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'
import { WAIT } from '../../../test/kit/index.ts'
import { createLeases } from './leases.ts'
import { createShownAccounts } from './shown-accounts.ts'

const { database, clock, transports, nextAddress } = await createDatabaseWithStages()

it('a mailbox without notifications is polled every 5 seconds while a browser shows it, and only then', async () => {
  const shownAccounts = createShownAccounts()
  const { sync, associate } = createStage(database, clock, transports, undefined, { shownAccounts })
  const [shown, other] = [new StrictFolderServer(), new StrictFolderServer()]
  const [{ id }, { id: otherId }] = [
    await associate(nextAddress(), shown.transport, { folders: ['inbox'] }),
    await associate(nextAddress(), other.transport, { folders: ['inbox'] }),
  ]
  await sync.start()
  try {
    await sync.settled()
    const before = [shown.pagesTold, other.pagesTold]
    const hide = shownAccounts.open('kim')
    shownAccounts.show('kim', [id])
    for (const round of [1, 2]) {
      clock.advance(5000)
      await expect.poll(() => shown.pagesTold, WAIT).toBe(before[0]! + round)
      await sync.settled()
    }
    expect(other.pagesTold).toBe(before[1])

    hide()
    shownAccounts.open('lee')
    shownAccounts.show('lee', [otherId])
    clock.advance(2000)
    const at = shown.pagesTold
    clock.advance(2600)
    await expect.poll(() => other.pagesTold, WAIT).toBe(before[1]! + 1)
    await sync.settled()
    expect(shown.pagesTold).toBe(at)
  } finally {
    await sync.stop()
  }
})

it('the list of all mailboxes polls one without notifications that has no conversation in it', async () => {
  const shownAccounts = createShownAccounts()
  const { sync, associate } = createStage(database, clock, transports, undefined, { shownAccounts })
  const server = new StrictFolderServer()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox'] })
  await sync.start()
  try {
    await sync.settled()
    const before = server.pagesTold
    shownAccounts.open('kim')
    shownAccounts.show('kim', [], [id])
    clock.advance(5000)
    await expect.poll(() => server.pagesTold, WAIT).toBe(before + 1)
    await sync.settled()
  } finally {
    await sync.stop()
  }
})

it('a shown mailbox is not polled before a pause that its server requested', async () => {
  const { associate, emailAccounts } = createStage(database, clock, transports)
  const { id } = await associate(nextAddress(), new StrictFolderServer().transport)
  const later = new Date(clock.now().getTime() + 60_000)
  const leases = createLeases({ database, clock, emailAccounts })
  await database.db.updateTable('email_accounts').set({ state: 'connected' }).where('id', '=', id).execute()
  const set = (next_try_at: Date | null) =>
    database.db
      .updateTable('account_sync_states')
      .set({ due_at: later, next_try_at })
      .where('email_account_id', '=', id)
      .execute()

  await set(later)
  await leases.poll([id])
  expect((await emailAccounts.get(id)).dueAt).toEqual(later)
  await set(null)
  await leases.poll([id])
  expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())
})

it('a shown mailbox that another process has just read is not polled again', async () => {
  const { associate, emailAccounts } = createStage(database, clock, transports)
  const { id } = await associate(nextAddress(), new StrictFolderServer().transport)
  const later = new Date(clock.now().getTime() + 60_000)
  const leases = createLeases({ database, clock, emailAccounts })
  await database.db.updateTable('email_accounts').set({ state: 'connected' }).where('id', '=', id).execute()
  await database.db
    .updateTable('account_sync_states')
    .set({ due_at: later, last_read_at: clock.now() })
    .where('email_account_id', '=', id)
    .execute()

  clock.advance(2000)
  await leases.poll([id])
  expect((await emailAccounts.get(id)).dueAt).toEqual(later)
  clock.advance(500)
  await leases.poll([id])
  expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())
})
