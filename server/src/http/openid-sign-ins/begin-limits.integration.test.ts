/** Limits of unfinished sign-ins at a provider that strangers begin. */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createOpenIdStage } from '../../../test/http/openid-stage.ts'

const { ask, database, clock, id, admin, link, addUser } = await createOpenIdStage()
const LIFETIME_MS = 10 * 60_000

/** Stores sign-ins in progress, a second apart, the last of them now. */
async function fill(network: string, count: number, { purpose = 'sign-in', after = LIFETIME_MS } = {}) {
  await database.pool.query(
    `INSERT INTO openid_sign_ins (id, state_hash, session_hash, identity_provider_id, purpose, redirect_uri, return_to,
       client_network, sealed, key_id, created_at, expires_at)
     SELECT gen_random_uuid(), sha256((($1 || n || $6))::bytea), sha256(($1 || n || $6)::bytea), $2, $3, 'x', '/', $1, 'x',
       (SELECT key_id FROM encryption_keys LIMIT 1), $4::timestamptz - n * interval '1 second',
       $4::timestamptz + $5 * interval '1 millisecond'
     FROM generate_series(1, $7::int) AS n`,
    [network, id, purpose, clock.now(), after, randomBytes(8).toString('hex'), count],
  )
}

const begin = (remoteAddress: string) =>
  ask('POST /v1/openid-sign-ins', { body: { identityProviderId: id }, remoteAddress })

const pendingOf = async (network: string) => {
  const { rows } = await database.pool.query<{ created_at: Date }>(
    'SELECT created_at FROM openid_sign_ins WHERE client_network = $1 ORDER BY created_at',
    [network],
  )
  return rows.map(({ created_at: at }) => at.getTime())
}

beforeEach(() => database.pool.query('DELETE FROM openid_sign_ins'))

describe('unfinished sign-ins', () => {
  it('are limited by client network, a /64 of IPv6, with the time until the oldest expires', async () => {
    await fill('2001:db8:0:7::/64', 299)
    expect((await begin('2001:db8:0:7::1')).status).toBe(201)
    const refused = await begin('2001:db8:0:7:ffff::2')
    expect(refused).toMatchObject({ status: 429, body: { code: 'identity_providers.busy' } })
    expect(refused.headers['retry-after']).toBe(String(600 - 299))
    expect((await begin('2001:db8:0:8::1')).status).toBe(201)
    expect((await begin('203.0.113.7')).status).toBe(201)
  })

  it('don’t count and aren’t limited when they are of signed-in people', async () => {
    await fill('127.0.0.1', 300)
    expect((await begin('127.0.0.1')).status).toBe(429)
    addUser('ada')
    expect((await link('ada', admin)).code).toBeUndefined()
    await database.pool.query('DELETE FROM openid_sign_ins')
    await fill('127.0.0.1', 300, { purpose: 'confirm' })
    expect((await begin('127.0.0.1')).status).toBe(201)
  })

  it('make room when all networks together have too many: the oldest of the fullest network goes', async () => {
    for (let network = 1; network < 50; network++) await fill(`198.51.100.${network}`, 200)
    await fill('198.51.100.50', 199)
    await fill('192.0.2.1', 1)
    await fill('198.51.100.7', 50)
    await database.pool.query('DELETE FROM openid_sign_ins WHERE client_network = $1', ['198.51.100.8'])
    await fill('198.51.100.8', 150)
    const before = await pendingOf('198.51.100.7')
    expect((await begin('203.0.113.9')).status).toBe(201)
    expect(await pendingOf('198.51.100.7')).toEqual(before.slice(1))
    expect(await pendingOf('192.0.2.1')).toHaveLength(1)
    expect(await pendingOf('203.0.113.9')).toHaveLength(1)
    await fill('203.0.113.10', 1, { after: -1 })
    expect((await begin('203.0.113.11')).status).toBe(201)
    expect(await pendingOf('198.51.100.7')).toEqual(before.slice(2))
  })

  it('are limited exactly by requests at the same moment', async () => {
    await fill('203.0.113.7', 298)
    const answers = await Promise.all(Array.from({ length: 8 }, () => begin('203.0.113.7')))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
  })
})
