import { beforeEach, expect, it } from 'vitest'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase } from '../../test/kit/index.ts'

const database = await testDatabase()
const { ask, person, rooms } = await createTestApp(database, createTestClock(), { trustedProxies: ['loopback'] })
const { audit } = rooms.people
const agent = await person('agent')
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

beforeEach(async () => {
  await database.pool.query('DELETE FROM sign_in_attempts')
  await database.pool.query('DELETE FROM audit_entries')
})

const signIn = (email: string, password: string, from = '2001:db8:1:2:3::4') =>
  ask('POST /v1/session', { body: { email, password }, headers: { 'x-forwarded-for': from, 'user-agent': FIREFOX } })
const entries = async () =>
  (await audit.list({ limit: 200 })).map(({ actor, action, subject, detail }) => ({ actor, action, subject, detail }))

it('a sign-in is recorded with its address and device', async () => {
  expect((await signIn(agent.email, TEST_PASSWORD)).status).toBe(200)
  expect(await entries()).toEqual([
    {
      ...{ actor: `person:${agent.id}`, action: 'session.started', subject: agent.id },
      detail: { method: 'password', address: '2001:db8:1:2:3::4', device: 'Firefox, Linux', isNewDevice: true },
    },
  ])
})

it('a wrong password is recorded with account and client network, never with the password or an unknown address', async () => {
  const password = 'a secret typed wrongly'
  for (const email of [agent.email, 'nobody@contoso.example']) expect((await signIn(email, password)).status).toBe(401)
  const detail = { network: '2001:db8:1:2::/64', device: 'Firefox, Linux', use: 'sign-in', isLast: false }
  expect(await entries()).toEqual([
    {
      ...{ actor: 'anonymous', action: 'sign_in.failed', subject: 'unknown' },
      detail,
    },
    {
      ...{ actor: 'anonymous', action: 'sign_in.failed', subject: agent.id },
      detail: { ...detail, email: agent.email },
    },
  ])
  expect(JSON.stringify(await entries())).not.toContain(password)
})

it('a flood from one network is recorded twenty times an hour, and hides no other network', async () => {
  for (let n = 0; n < 25; n++) await signIn(`guess${n}@contoso.example`, 'wrong', '203.0.113.7')
  const recorded = await entries()
  expect(recorded).toHaveLength(20)
  expect(recorded.map(({ detail }) => detail['isLast'])).toEqual([true, ...Array<boolean>(19).fill(false)])
  await signIn('guess@contoso.example', 'wrong', '203.0.113.8')
  expect((await entries())[0]).toMatchObject({ detail: { network: '203.0.113.8' } })
})

it('a flood from all networks of an IPv6 customer is recorded twenty times an hour', async () => {
  for (let n = 0; n < 25; n++) await signIn(`guess${n}@contoso.example`, 'wrong', `2001:db8:1:${n}::1`)
  const recorded = await entries()
  expect(recorded).toHaveLength(20)
  expect(recorded[0]).toMatchObject({ detail: { network: '2001:db8:1:19::/64' } })
  await signIn('guess@contoso.example', 'wrong', '2001:db8:2::1')
  expect(await entries()).toHaveLength(21)
})

it('a lockout of an unknown address is recorded without it', async () => {
  for (let n = 0; n < 10; n++) await signIn('my-password@contoso.example', 'wrong', '203.0.113.7')
  expect((await entries()).map(({ action }) => action)).toContain('sign_in.locked')
  const { rows } = await database.pool.query('SELECT * FROM audit_entries')
  expect(JSON.stringify(rows)).not.toContain('my-password')
})

it('a lockout is recorded once, when its limit is reached', async () => {
  for (let n = 0; n < 12; n++) await signIn(agent.email, 'wrong', '203.0.113.7')
  const locks = (await entries()).filter(({ action }) => action === 'sign_in.locked')
  expect(locks).toEqual([
    {
      ...{ actor: 'anonymous', action: 'sign_in.locked', subject: agent.id },
      detail: { email: agent.email, network: '203.0.113.7', device: 'Firefox, Linux', limit: 'accountAndNetwork' },
    },
  ])
})

it('a wrong password gets its answer even if it cannot be recorded', async () => {
  await database.pool.query('ALTER TABLE audit_entries RENAME TO away')
  const { status, body } = await signIn(agent.email, 'wrong')
  await database.pool.query('ALTER TABLE away RENAME TO audit_entries')
  expect({ status, body }).toMatchObject({ status: 401, body: { code: 'people.wrong_password' } })
})

it('a used link is recorded with its address and device', async () => {
  const { url } = await rooms.people.links.reset(agent.id, 'test')
  const body = { token: new URL(url.reveal()).hash.slice(1), password: 'another horse battery' }
  const headers = { 'x-forwarded-for': '203.0.113.9', 'user-agent': FIREFOX }
  expect((await ask('POST /v1/links/accept', { body, headers })).status).toBe(201)
  expect(await entries()).toContainEqual({
    ...{ actor: expect.stringMatching(/^link:/) as string, action: 'person.password_reset', subject: agent.id },
    detail: { email: agent.email, address: '203.0.113.9', device: 'Firefox, Linux' },
  })
})
