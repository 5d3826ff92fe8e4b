/** Expiry, allowed networks, last use and owner of API keys. */
import { expect, it } from 'vitest'
import { createKeyExpiry } from '../../people/index.ts'
import { createTestApp, createTestClock, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const { app, ask, person, publicUrl, rooms } = await createTestApp(database, clock, {
  trustedProxies: ['loopback'],
  heartbeatMs: 40,
})
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
  await database.pool.query(`
    CREATE TABLE key_writes (id uuid);
    CREATE FUNCTION note_key_write() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN INSERT INTO key_writes VALUES (NEW.id); RETURN NULL; END';
    CREATE TRIGGER key_written AFTER UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION note_key_write()`)
  const writes = async () => (await database.pool.query('SELECT FROM key_writes WHERE id = $1', [made.id])).rowCount
  await Promise.all(Array.from({ length: 5 }, () => use(made)))
  expect(await writes()).toBe(1)
  clock.advance(59_000)
  await use(made)
  expect(await writes()).toBe(1)
  clock.advance(1_000)
  await Promise.all(Array.from({ length: 5 }, () => use(made)))
  expect(await writes()).toBe(2)
  expect(await listed(made)).toMatchObject({ lastUsedAt: clock.now().toISOString() })
})

it('a request that the key is not permitted to make is a use', async () => {
  const made = await make()
  const as = { authorization: `Bearer ${made.key}` }
  const refused = await ask('DELETE /v1/sign-in-links/x', { as, headers: { 'x-forwarded-for': '203.0.113.7' } })
  expect(refused).toMatchObject({ status: 403, body: { code: 'http.person_required' } })
  expect(await listed(made)).toMatchObject({ lastUsedAt: clock.now().toISOString() })
})

it.each<[string, (made: Made) => unknown]>([
  ['the key expires', () => clock.advance(30 * DAY_MS)],
  [
    'its client is outside the networks',
    ({ id }) => database.pool.query(`UPDATE api_keys SET allowed_networks = '{198.51.100.0/24}' WHERE id = $1`, [id]),
  ],
])('an event stream ends with a heartbeat when %s', async (_what, change) => {
  const made = await make({ expiresAfter: '30-days', allowedNetworks: ['203.0.113.0/24'] })
  const headers = { host: publicUrl.host, authorization: `Bearer ${made.key}`, 'x-forwarded-for': '203.0.113.7' }
  const stream = (await app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })).stream()
  let text = ''
  let isChanged = false
  for await (const piece of stream) {
    text += String(piece)
    // The heartbeats before have checked the key and accepted its address.
    if (isChanged || text.split('event: ping').length < 5) continue
    isChanged = true
    await change(made)
  }
  expect(isChanged).toBe(true)
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
    return { status, ...(problem as { faults: { field: string; expected: string }[] }).faults[0] }
  }
  for (const wrong of ['10.0.0.0/33', '10.0.0', 'example.com', 'fe80::1%eth0', '10.0.0.0/8/8', '', '0.0.0.0/0']) {
    expect(await refused([wrong]), wrong).toMatchObject({ status: 400, field: 'body.allowedNetworks.0' })
  }
  expect(await refused(['10.0.0.0/8', '10.1.2.3/8'])).toMatchObject({
    ...{ status: 400, field: 'body.allowedNetworks.1', expected: '10.0.0.0/8, or 10.1.2.3 for one address' },
  })
  expect(await refused(Array<string>(21).fill('10.0.0.0/8'))).toMatchObject({
    ...{ status: 400, field: 'body.allowedNetworks' },
  })
  await make({ allowedNetworks: Array<string>(20).fill('10.0.0.0/8') })
})

it('the owner is warned once 14 days and once a day before the expiry', async () => {
  await database.db.deleteFrom('api_keys').execute()
  clock.set('2026-05-01T00:00:00Z')
  const made = await make({ name: 'Reports', expiresAfter: '30-days', allowedNetworks: ['192.0.2.0/24', '::1'] })
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
  const { alerts } = await rooms.alerts.list({ limit: 1 })
  expect(alerts[0]!.text).toContain(
    [
      ...['From 2026-05-31 00:00 UTC on, requests with this key are refused.', 'It was never used.', ''],
      ...['Scopes: mail:read', 'Allowed networks: 192.0.2.0/24, ::1', ''],
    ].join('\n'),
  )
})

it('an expiry of which no warning can be stored is reported, and does not delay those of other keys', async () => {
  await database.db.deleteFrom('api_keys').execute()
  const names = ['A', 'B', 'C', 'D', 'E']
  for (const name of names) await make({ name, expiresAfter: '30-days' })
  clock.advance(20 * DAY_MS)
  const failures: unknown[] = []
  const warned: string[] = []
  const fault = new Error('no place')
  const expiry = createKeyExpiry({
    ...{ database, clock, publicUrl: 'http://localhost:8400', batchRows: 2 },
    alerts: {
      enqueue: (_tx, { payload }) => {
        const name = String(payload['name'])
        if (name === 'C') return Promise.reject(fault)
        warned.push(name)
        return Promise.resolve()
      },
    },
    onError: (error) => failures.push(error),
  })
  expiry.start()
  await expiry.settled()
  await expiry.stop()
  expect(warned.toSorted()).toEqual(['A', 'B', 'D', 'E'])
  expect(failures).toEqual([fault])
})
