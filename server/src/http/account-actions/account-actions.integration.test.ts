/** Settings of mailbox actions, and the reasons why they can't be switched on. */
import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const admin = await person('admin')
/** A mailbox whose grant has this permission. */
async function granted(scope: string) {
  const { id, grantId } = await storeEmailAccount(database, clock, { folders: [{ role: 'inbox', synced: true }] })
  await database.db
    .updateTable('grants')
    .set({ scopes_granted: [`https://graph.microsoft.com/${scope}`] })
    .where('id', '=', grantId)
    .execute()
  const at = `/v1/email-accounts/${id}/actions`
  return {
    id,
    get: () => ask(`GET ${at}`, { as: admin }),
    change: (body: object) => ask(`PATCH ${at}`, { as: admin, body }),
  }
}

it('names the missing permission with its fix, and refuses to switch an action on without it', async () => {
  const { get, change } = await granted('Mail.Read')
  const obstacle = { code: 'account_actions.permission_missing', remedy: 'admin' }
  expect((await get()).body).toMatchObject({ marksRead: false, obstacle })
  expect(await change({ marksRead: true })).toMatchObject({ status: 409, body: { code: obstacle.code } })
  expect((await change({ marksRead: false, closedFolderRemoteId: null })).status).toBe(200)
})

it('is off by default; each change is in the audit', async () => {
  const { id, get, change } = await granted('Mail.ReadWrite.Shared')
  const none = { movesClosed: false, movesSpam: false, movesDeleted: false, waiting: 0, failed: 0, leftOut: 0 }
  expect((await get()).body).toEqual({ marksRead: false, ...none })
  expect(await change({ marksRead: true })).toMatchObject({ status: 200, body: { marksRead: true, ...none } })
  const { body } = await ask('GET /v1/audit?limit=1', { as: admin })
  expect(body).toMatchObject({
    entries: [{ action: 'email_account.changed', subject: id, detail: { changed: ['marksRead'] } }],
  })
})

it.each([
  ['an empty folder id', { closedFolderRemoteId: '' }],
  ['an unknown property', { movesSent: true }],
])('rejects %s', async (_what, body) => {
  const { change } = await granted('Mail.ReadWrite.Shared')
  expect((await change(body)).status).toBe(400)
})
