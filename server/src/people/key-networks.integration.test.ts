import { beforeEach, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../../test/kit/index.ts'
import type { ApiKeyInput, CreatedApiKey } from './index.ts'

const database = await testDatabase()
const clock = createTestClock()
const options = { trustedProxies: ['loopback'] }
const first = await createTestApp(database, clock, options)
const second = await createTestApp(database, clock, options)
const { rooms, person } = first
const { apiKeys, audit } = rooms.people
const owner = await person('admin')
const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

beforeEach(async () => {
  await database.pool.query('DELETE FROM audit_entries')
  await database.pool.query('DELETE FROM sign_in_attempts')
  await database.pool.query('TRUNCATE alerts, alert_relay CASCADE')
  await database.pool.query(`INSERT INTO alert_relay (host, port, security, from_address, changed_at)
    VALUES ('relay.contoso.example', 587, 'tls', 'postkey@contoso.example', now())`)
})

const createKey = (more: Partial<ApiKeyInput> = {}) =>
  apiKeys.create({ name: 'Reporting', scopes: ['mail:read'], emailAccountIds: 'all', ...more }, owner.id)

const use = async ({ key }: CreatedApiKey, from: string, { ask } = first) =>
  (
    await ask('GET /v1/tags', {
      ...{ as: { authorization: `Bearer ${key.reveal()}` }, headers: { 'x-forwarded-for': from } },
    })
  ).status

const entriesOf = async (action: 'api_key.new_network_used' | 'api_key.refused') =>
  (await audit.list({ limit: 200 })).filter((entry) => entry.action === action)
const networks = async () => (await entriesOf('api_key.new_network_used')).map(({ detail }) => detail['network'])
const mails = async () => (await rooms.alerts.list({ limit: 50 })).alerts

describe('the networks of an API key', () => {
  it('are audited once each, and emailed to its owner from the second one on', async () => {
    const key = await createKey()
    for (const from of ['203.0.113.7', '203.0.113.99', '203.0.113.7']) expect(await use(key, from)).toBe(200)
    expect(await entriesOf('api_key.new_network_used')).toMatchObject([
      {
        ...{ actor: `api-key:${key.id}`, subject: key.id },
        detail: { name: 'Reporting', prefix: key.prefix, network: '203.0.113.0/24', isFirst: true },
      },
    ])
    expect(await mails()).toEqual([])

    for (const from of ['2001:db8:1:2::1', '2001:db8:1:2:3::1']) expect(await use(key, from)).toBe(200)
    // A server that hasn't seen the network yet finds it in the database.
    expect(await use(key, '2001:db8:1:2::1', second)).toBe(200)
    expect(await networks()).toEqual(['2001:db8:1:2::/64', '203.0.113.0/24'])
    const [mail, ...others] = await mails()
    expect(others).toEqual([])
    expect(mail).toMatchObject({ subject: '[Postkey] One of your API keys was used from a new network' })
    expect(mail!.text).toContain('From address: 2001:db8:1:2::1')
    expect(mail!.deliveries).toMatchObject([{ recipient: owner.email }])
  })

  it('are limited to fifty; the one that was not used for the longest time is forgotten', async () => {
    const key = await createKey()
    await database.pool.query(
      `INSERT INTO api_key_networks SELECT $1, '10.0.' || n || '.0/24', $2::timestamptz - n * interval '1 hour'
       FROM generate_series(1, 50) n`,
      [key.id, clock.now()],
    )
    clock.advance(DAY_MS)
    await use(key, '10.0.50.1')
    expect(await networks()).toEqual([])
    await use(key, '192.0.2.1')
    const { rows } = await database.pool.query('SELECT network FROM api_key_networks WHERE api_key_id = $1', [key.id])
    const kept = rows.map(({ network }: { network: string }) => network)
    expect(kept).toHaveLength(50)
    expect(kept).toEqual(expect.arrayContaining(['10.0.50.0/24', '192.0.2.0/24']))
    expect(kept).not.toContain('10.0.49.0/24')
  })

  it('are audited twenty times an hour per key, and those beyond at a later use', async () => {
    const key = await createKey()
    for (let n = 0; n < 25; n++) expect(await use(key, `10.1.${n}.1`)).toBe(200)
    expect(await networks()).toHaveLength(20)

    clock.advance(HOUR_MS)
    // The limit follows the time of the machine.
    await database.pool.query("DELETE FROM sign_in_attempts WHERE key LIKE 'entries-of-key-networks%'")
    for (const n of [0, 24]) expect(await use(key, `10.1.${n}.1`)).toBe(200)
    expect((await networks()).slice(0, 2)).toEqual(['10.1.24.0/24', '10.1.19.0/24'])
  })

  it('have one entry for concurrent requests, which leave the limit to other networks', async () => {
    const key = await createKey()
    await Promise.all(Array.from({ length: 30 }, () => use(key, '10.2.0.1')))
    expect(await use(key, '10.2.1.1')).toBe(200)
    expect(await networks()).toEqual(['10.2.1.0/24', '10.2.0.0/24'])
  })

  it('do not refuse a request when they cannot be stored', async () => {
    const key = await createKey()
    await database.pool.query('ALTER TABLE api_key_networks RENAME TO away')
    expect(await use(key, '203.0.113.7')).toBe(200)
    await database.pool.query('ALTER TABLE away RENAME TO api_key_networks')
    expect(await use(key, '203.0.113.7')).toBe(200)
    expect(await networks()).toEqual(['203.0.113.0/24'])
  })
})

describe('a refused use of an API key', () => {
  it('is audited with its reason, once a day per address, and remembers no network', async () => {
    const [revoked, expired, narrow] = [await createKey(), await createKey(), await createKey({ allowedNetworks: ['192.0.2.0/24'] })] // prettier-ignore
    await apiKeys.revoke(revoked.id, 'test')
    await database.pool.query('UPDATE api_keys SET expires_at = $1 WHERE id = $2', [clock.now(), expired.id])
    for (const [key, status] of [
      [revoked, 401],
      [expired, 401],
      [narrow, 403],
    ] as const)
      // prettier-ignore
      for (let n = 0; n < 3; n++) expect(await use(key, '203.0.113.7')).toBe(status)
    const detail = { name: 'Reporting', network: '203.0.113.0/24' }
    expect(await entriesOf('api_key.refused')).toMatchObject([
      { actor: 'anonymous', subject: narrow.id, detail: { ...detail, reason: 'network' } },
      { actor: 'anonymous', subject: expired.id, detail: { ...detail, reason: 'expired' } },
      { actor: 'anonymous', subject: revoked.id, detail: { ...detail, reason: 'revoked' } },
    ])
    expect(await networks()).toEqual([])
  })

  it('is audited for a key whose owner is no longer an admin', async () => {
    const former = await person('admin')
    const key = await apiKeys.create({ name: 'Former', scopes: ['mail:read'], emailAccountIds: 'all' }, former.id)
    await database.pool.query("UPDATE users SET role = 'agent' WHERE id = $1", [former.id])
    expect(await use(key, '203.0.113.8')).toBe(401)
    expect(await entriesOf('api_key.refused')).toMatchObject([{ subject: key.id, detail: { reason: 'revoked' } }])
  })

  it('is audited ten times an hour per key', async () => {
    const key = await createKey()
    await apiKeys.revoke(key.id, 'test')
    for (let n = 0; n < 15; n++) expect(await use(key, `10.2.${n}.1`)).toBe(401)
    expect(await entriesOf('api_key.refused')).toHaveLength(10)
  })

  it('gets its answer even if it cannot be recorded', async () => {
    const key = await createKey()
    await apiKeys.revoke(key.id, 'test')
    await database.pool.query('ALTER TABLE audit_entries RENAME TO away')
    const status = await use(key, '203.0.113.7')
    await database.pool.query('ALTER TABLE away RENAME TO audit_entries')
    expect(status).toBe(401)
  })
})
