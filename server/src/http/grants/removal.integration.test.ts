/** Effects of removing a mailbox, a grant or a cloud provider, and their preview. */
import { expect, it } from 'vitest'
import { newId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const admin = await person('admin')

async function get(path: string): Promise<unknown> {
  return (await ask(`GET ${path}`, { as: admin })).body
}

it('removes the mailbox, the grant and the cloud provider in that order, and names the obstacles before', async () => {
  const account = await storeEmailAccount(database, clock)
  const { address } = (await get(`/v1/email-accounts/${account.id}`)) as { address: string }
  const [grant, cloudProvider] = [`/v1/grants/${account.grantId}`, `/v1/cloud-providers/${account.cloudProviderId}`]
  for (const wanted of [{ requestedAddress: 'new@contoso.example' }, { reconnectGrantId: account.grantId }]) {
    const body = { cloudProviderId: account.cloudProviderId, kind: 'sign-in', ...wanted }
    await ask('POST /v1/sign-in-links', { as: admin, body })
  }

  const emailAccounts = [{ id: account.id, address }]
  expect(await get(`${grant}/removal`)).toMatchObject({
    isPossible: false,
    emailAccounts,
    openSignInLinks: 1,
    revocation: { ofPerson: expect.stringContaining('Remove-MgOauth2PermissionGrant') as string },
  })
  expect(await get(`${cloudProvider}/removal`)).toEqual({
    isPossible: false,
    emailAccounts,
    grants: [{ id: account.grantId, userName: 'alex@contoso.example' }],
    credentials: 0,
    openSignInLinks: 2,
  })
  expect(await ask(`DELETE ${grant}`, { as: admin })).toMatchObject({
    status: 409,
    body: { code: 'tokens.grant_in_use' },
  })
  expect(await ask(`DELETE ${cloudProvider}`, { as: admin })).toMatchObject({
    status: 409,
    body: { code: 'cloud_providers.in_use' },
  })

  expect((await ask(`DELETE /v1/email-accounts/${account.id}`, { as: admin })).status).toBe(200)
  expect(await get(`${grant}/removal`)).toMatchObject({
    isPossible: true,
    emailAccounts: [],
    openSignInLinks: 1,
  })
  expect((await ask(`DELETE ${grant}`, { as: admin })).status).toBe(204)
  expect(await get(`${cloudProvider}/removal`)).toMatchObject({ isPossible: true, grants: [], openSignInLinks: 1 })
  expect((await ask(`DELETE ${cloudProvider}`, { as: admin })).status).toBe(204)
  expect(await get('/v1/sign-in-links')).toEqual({ links: [] })
})

it('refuses to remove a mailbox with queued mail until sending is canceled', async () => {
  const { id } = await storeEmailAccount(database, clock)
  const letter = { to: [{ address: 'customer@example.com' }], subject: 'Hello', text: 'Hi' }
  const submit = { as: admin, body: { emailAccountId: id, ...letter }, headers: { 'idempotency-key': newId() } }
  const { body: submission } = await ask('POST /v1/submissions', submit)
  expect(await get(`/v1/email-accounts/${id}/removal`)).toMatchObject({ waiting: 1, unknown: 0, failed: 0 })
  expect(await ask(`DELETE /v1/email-accounts/${id}`, { as: admin })).toMatchObject({
    status: 409,
    body: { code: 'email_accounts.mail_waits', detail: '1 message waits to be sent.' },
  })

  const { id: submissionId } = submission as { id: string }
  expect((await ask(`POST /v1/submissions/${submissionId}/cancel`, { as: admin })).status).toBe(200)
  expect(await get(`/v1/email-accounts/${id}/removal`)).toMatchObject({ waiting: 0, drafts: 1 })
  expect((await ask(`DELETE /v1/email-accounts/${id}`, { as: admin })).status).toBe(200)
})

it('removes all references to the mailbox: memberships, permissions of keys, invitations', async () => {
  const [gone, kept] = await Promise.all([storeEmailAccount(database, clock), storeEmailAccount(database, clock)])
  const agent = await person('agent', [gone.id, kept.id])
  const key = { name: 'Shop', scopes: ['mail:read'], emailAccountIds: [gone.id] }
  await ask('POST /v1/api-keys', { as: admin, body: key })
  const invitation = { email: 'new@contoso.example', name: 'New', role: 'agent', emailAccountIds: [gone.id, kept.id] }
  await ask('POST /v1/invitations', { as: admin, body: invitation })

  await ask(`DELETE /v1/email-accounts/${gone.id}`, { as: admin })

  expect(await get(`/v1/people/${agent.id}`)).toMatchObject({ emailAccountIds: [kept.id] })
  // Empty means no mailbox, never "all".
  expect(await get('/v1/api-keys')).toMatchObject({ apiKeys: [{ emailAccountIds: [] }] })
  const { rows } = await database.pool.query<{ table_name: string; column_name: string }>(`
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema AND column_name IN ('email_account_id', 'email_account_ids')
      AND table_name NOT IN ('events')`)
  expect(rows.length).toBeGreaterThan(5)
  for (const { table_name, column_name } of rows) {
    const { rows: naming } = await database.pool.query(
      `SELECT 1 FROM ${table_name} WHERE ${column_name}::text LIKE $1`,
      [`%${gone.id}%`],
    )
    expect(naming, `${table_name}.${column_name}`).toEqual([])
  }
})

it('previews nothing for a missing object', async () => {
  for (const path of ['grants', 'cloud-providers']) {
    expect((await ask(`GET /v1/${path}/${newId()}/removal`, { as: admin })).status).toBe(404)
  }
})
