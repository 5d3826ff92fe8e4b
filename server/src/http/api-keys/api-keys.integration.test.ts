/** Expiry, allowed networks, last use and owner of API keys. */
import { expect, it } from 'vitest'
import { createKeyExpiry } from '../../people/index.ts'
import { createTestApp, createTestClock, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const { ask, person, rooms } = await createTestApp(database, clock, { trustedProxies: ['loopback'] })
const admin = await person('admin')
const DAY_MS = 24 * 60 * 60 * 1000

interface Made {
  id: string
  key: string
  prefix: string
  expiresAt?: string
}

async function make(input: object = {}): Promise<Made> {
  const body = { name: 'Shop', scopes: ['mail:read'], emailAccountIds: 'all', ...input }
  const { status, body: made } = await ask('POST /v1/api-keys', { as: admin, body })
  expect(status).toBe(201)
  return made as Made
}

const use = ({ key }: Made, forwardedFor = '203.0.113.7') =>
  ask('GET /v1/conversations', {
    as: { authorization: `Bearer ${key}` },
    headers: { 'x-forwarded-for': forwardedFor },
  })

const listed = async ({ id }: Made) => {
  const { apiKeys } = (await ask('GET /v1/api-keys', { as: admin })).body as { apiKeys: { id: string }[] }
  return apiKeys.find((one) => one.id === id)
}

it.each([
  [undefined, '2027-01-01T00:00:00.000Z'],
  ['30-days', '2026-01-31T00:00:00.000Z'],
  ['90-days', '2026-04-01T00:00:00.000Z'],
  ['1-year', '2027-01-01T00:00:00.000Z'],
  ['never', undefined],
])('a key for %s expires at %s', async (expiresAfter, expiresAt) => {
  const made = await make({ expiresAfter })
  expect(made.expiresAt).toBe(expiresAt)
  expect(await listed(made)).toMatchObject({ createdBy: admin.id, createdByName: admin.name })
})

it('an expired key is refused with its own code, and its last use stays', async () => {
  clock.set('2026-01-01T00:00:00Z')
  const made = await make({ expiresAfter: '30-days' })
  clock.set('2026-01-30T23:59:00Z')
  expect((await use(made)).status).toBe(200)
  clock.set('2026-01-31T00:00:00Z')
  expect(await use(made)).toMatchObject({ status: 401, body: { code: 'people.api_key_expired', remedy: 'admin' } })
  expect(await listed(made)).toMatchObject({ lastUsedAt: '2026-01-30T23:59:00.000Z' })
})

it('the last use is written at most once a minute, and concurrent requests write it once', async () => {
  const made = await make()
  await Promise.all(Array.from({ length: 5 }, () => use(made)))
  const versions = async () => {
    const { rows } = await database.pool.query<{ xmin: string }>('SELECT xmin FROM api_keys WHERE id = $1', [made.id])
    return rows[0]?.xmin
  }
  const written = await versions()
  clock.advance(59_000)
  await use(made)
  expect(await versions()).toBe(written)
  clock.advance(1_000)
  await use(made)
  expect(await listed(made)).toMatchObject({ lastUsedAt: clock.now().toISOString() })
})

it('a key with networks is accepted from their clients alone, behind a trusted proxy', async () => {
  const made = await make({ allowedNetworks: ['203.0.113.0/28', '198.51.100.9', '2001:db8:1::/48'] })
  for (const address of ['203.0.113.15', '198.51.100.9', '2001:db8:1:ffff::1', '::ffff:203.0.113.1']) {
    expect((await use(made, address)).status, address).toBe(200)
  }
  const { lastUsedAt } = (await listed(made)) as { lastUsedAt?: string }
  clock.advance(DAY_MS)
  for (const address of ['203.0.113.16', '198.51.100.8', '2001:db8:2::1', '203.0.113.1, 192.0.2.1']) {
    expect(await use(made, address), address).toMatchObject({
      status: 403,
      body: {
        code: 'people.api_key_network_refused',
        detail: `The key that begins with ${made.prefix} isn’t allowed from ${address.split(', ').at(-1)!}.`,
      },
    })
  }
  expect(await listed(made)).toMatchObject({ lastUsedAt })
})

it('networks are limited in number and checked, with the field named', async () => {
  const refused = async (allowedNetworks: string[]) => {
    const body = { name: 'Shop', scopes: ['mail:read'], emailAccountIds: 'all', allowedNetworks }
    const { status, body: problem } = await ask('POST /v1/api-keys', { as: admin, body })
    return { status, field: (problem as { faults: { field: string }[] }).faults[0]?.field }
  }
  for (const wrong of ['10.0.0.0/33', '10.0.0', 'example.com', 'fe80::1%eth0', '10.0.0.0/8/8', '']) {
    expect(await refused([wrong]), wrong).toEqual({ status: 400, field: 'body.allowedNetworks.0' })
  }
  expect(await refused(Array<string>(21).fill('10.0.0.0/8'))).toEqual({ status: 400, field: 'body.allowedNetworks' })
  await make({ allowedNetworks: Array<string>(20).fill('10.0.0.0/8') })
})

it('the owner is warned once 14 days and once a day before the expiry', async () => {
  await database.db.deleteFrom('api_keys').execute()
  clock.set('2026-05-01T00:00:00Z')
  const made = await make({ name: 'Reports', expiresAfter: '30-days' })
  await make({ name: 'Kept', expiresAfter: 'never' })
  const { id } = await make({ name: 'Revoked', expiresAfter: '30-days' })
  await ask(`DELETE /v1/api-keys/${id}`, { as: admin })
  const failures: unknown[] = []
  const expiry = createKeyExpiry({
    ...{ database, clock, alerts: rooms.alerts, publicUrl: 'http://localhost:8400' },
    onError: (error) => failures.push(error),
  })
  const subjects = async () => {
    for (let round = 0; round < 2; round++) {
      expiry.poke()
      await expiry.settled()
    }
    const { alerts } = await rooms.alerts.list({ limit: 50 })
    return alerts.map(({ subject, deliveries }) => [subject, deliveries.map(({ recipient }) => recipient)])
  }
  expiry.start()
  const first = ['[Postkey] The API key Reports expires in 14 days', [admin.email]]
  clock.advance(16 * DAY_MS - 1)
  expect(await subjects()).toEqual([])
  clock.advance(1)
  expect(await subjects()).toEqual([first])
  clock.set(new Date(Date.parse(made.expiresAt!) - DAY_MS / 2))
  expect(await subjects()).toEqual([['[Postkey] The API key Reports expires within a day', [admin.email]], first])
  clock.advance(DAY_MS)
  expect(await subjects()).toHaveLength(2)
  expect(failures).toEqual([])
  await expiry.stop()
})
