import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeGrant, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const admin = await person('admin')

it('a personal account cannot open a shared mailbox, and gets the error before any request to Microsoft', async () => {
  const { grantId } = await storeGrant(database, clock)
  await database.db
    .updateTable('grants')
    .set({ tenant_id: '9188040d-6c67-4c5b-b112-36a304b66dad' })
    .where('id', '=', grantId)
    .execute()
  const wanted = { address: 'team@outlook.example', kind: 'shared', grantId }

  for (const [path, body] of [
    ['/preflight', wanted],
    ['', { ...wanted, name: 'Team', key: 'TEA', contact: 'admin@contoso.example' }],
  ] as const) {
    expect(await ask(`POST /v1/email-accounts${path}`, { as: admin, body })).toMatchObject({
      status: 409,
      body: { code: 'email_accounts.personal_not_shared' },
    })
  }
  expect(await database.db.selectFrom('email_accounts').select('id').execute()).toEqual([])
})
