import { expect, it } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { AppError } from '../../kernel/errors.ts'

const database = await testDatabase()
const clock = createTestClock()
const looks: { id: EmailAccountId; isPressed: boolean | undefined }[] = []
const { ask, person, rooms } = await createTestApp(database, clock, {
  sync: {
    wake: () => Promise.resolve(),
    lookedAt: (id, { isPressed } = {}) => Promise.resolve(void looks.push({ id, isPressed })),
    notified: () => Promise.resolve(),
    unfiledCount: () => Promise.resolve(0),
    reconciledOf: () => Promise.resolve([]),
  },
})
const admin = await person('admin')

async function blocked(number: number) {
  const account = await storeEmailAccount(database, clock)
  const error = new AppError('tokens.blocked_by_policy', { upstream: { errorCodes: [number] } })
  await database.transaction((tx) =>
    rooms.emailAccounts.signal(tx, account.id, 'failed-admin', { error, nextTryAt: clock.now() }),
  )
  return account
}

async function keyFor(emailAccountIds: readonly EmailAccountId[] | 'all', scopes: ('admin:read' | 'mail:read')[]) {
  const { key } = await rooms.people.apiKeys.create({ name: 'K', scopes, emailAccountIds }, admin.id)
  return { authorization: `Bearer ${key.reveal()}` }
}

it.each([53_000, 53_003])('shows the blocking policy on the page of the mailbox: AADSTS%i', async (number) => {
  const { id } = await blocked(number)
  const { body } = await ask(`GET /v1/email-accounts/${id}`, { as: admin })
  expect(body).toMatchObject({
    reason: { code: 'tokens.blocked_by_policy' },
    explanation: { said: `AADSTS${number}` },
  })
})

it('retries a mailbox when a person opens its page or requests it, but not when a program reads it', async () => {
  const { id } = await blocked(53_003)
  looks.length = 0
  await ask(`GET /v1/email-accounts/${id}`, { as: await keyFor('all', ['mail:read']) })
  expect(looks).toEqual([])
  await ask(`GET /v1/email-accounts/${id}`, { as: admin })
  await ask(`POST /v1/email-accounts/${id}/check`, { as: admin })
  expect(looks).toEqual([
    { id, isPressed: undefined },
    { id, isPressed: true },
  ])
})

it('shows the fix of an incident to full admins, and a notice to a key for some mailboxes', async () => {
  const { id } = await blocked(53_003)
  await database.pool.query(
    `WITH made AS (
       INSERT INTO incidents (id, cause, cause_key, subject_name, email_account_id, code, since, opened_at)
       VALUES (gen_random_uuid(), 'mailbox', $1::text, 'Support', $1::text::uuid, 'tokens.blocked_by_policy', $2, $2) RETURNING id)
     INSERT INTO incident_email_accounts (incident_id, email_account_id, name, address, since)
     SELECT id, $1::text::uuid, 'Support', 'support@contoso.example', $2 FROM made`,
    [id, clock.now()],
  )
  const read = async (as: { cookie?: string; authorization?: string }) => {
    const { body } = await ask(`GET /v1/incidents?emailAccountId=${id}`, { as })
    return (body as { incidents: { forAdmins?: { words: { said?: string } } }[] }).incidents
  }
  expect(await read(admin)).toMatchObject([{ forAdmins: { words: { said: 'AADSTS53003' } } }])
  expect(await read(await keyFor('all', ['admin:read', 'mail:read']))).toMatchObject([{ forAdmins: {} }])
  const [notice] = await read(await keyFor([id], ['admin:read', 'mail:read']))
  expect(notice).toMatchObject({ title: expect.any(String) as string })
  expect(notice).not.toHaveProperty('forAdmins')
})

it('describes the required format of a webhook address', async () => {
  const body = { name: 'Chat', url: 'http://chat.example/x' }
  const answer = await ask('POST /v1/alert-webhooks', { as: admin, body })
  expect(answer).toMatchObject({
    status: 422,
    body: { faults: [{ field: 'body.url', expected: 'An address with https://.' }] },
  })
})
