/** A grant on a real PostgreSQL: states and events, background refresh, authorities, keys. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createDatabase } from '../database/index.ts'
import { type EmailAccountId, type GrantId, newId } from '../kernel/ids.ts'
import { createKeyRing } from '../kernel/key-ring.ts'
import { roundFigures } from '../kernel/rounds.ts'
import { Secret } from '../kernel/secret.ts'
import { silentLog } from '../../test/kit/index.ts'
import { ACTOR, BEN, createSignInStage, SESSION, TENANT } from '../../test/kit/sign-in-stage.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createKeeper } from './keeper.ts'
import { createPostgresGrantVault } from './postgres-grant-vault.ts'
import { createClientRequests } from './client-requests.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad'

const stage = await createSignInStage()
const {
  cloudProviders,
  tokenRequests,
  authorizations,
  grants,
  accessTokens,
  clock,
  server,
  database,
  events,
  begin,
  signIn,
  signedIn,
} = stage

async function eventsOf(grantId: GrantId) {
  const { events: all } = await events.list({ emailAccountIds: 'all', subjectId: grantId, limit: 500 })
  return all.map(({ kind, payload, at }) => ({ kind, payload, at }))
}

function refuse(body: Record<string, unknown>, status = 400): void {
  server.failures.push({ status, body })
}

async function openEmailAccount(grantId: GrantId, state = 'connected'): Promise<void> {
  const id = newId<EmailAccountId>()
  const now = clock.now()
  await database.db
    .insertInto('email_accounts')
    .values({
      id,
      key: id.slice(-5).toUpperCase(),
      name: 'Support',
      address: `${id}@contoso.example`,
      kind: 'shared',
      contact: 'ada@contoso.example',
      cloud_provider_id: stage.provider(),
      grant_id: grantId,
      receives_by: 'graph',
      sends_by: 'graph',
      import_from: now,
      state,
      state_since: now,
      created_at: now,
    })
    .execute()
}

describe("a change of a grant's state", () => {
  it('writes one event in the transaction that saves it', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    const at = clock.now()
    for (let time = 0; time < 3; time++) {
      refuse({ error: 'temporarily_unavailable' }, 503)
      await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.endpoint_unavailable' })
    }
    refuse({ error: 'invalid_grant', suberror: 'consent_required', error_codes: [65001] })
    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.consent_required' })
    await accessTokens.get(grantId, 'graph')

    const changed = (from: string, to: string, reason: string | null) => ({
      kind: 'grant.state_changed',
      payload: { from, to, reason },
      at,
    })
    expect(await eventsOf(grantId)).toEqual([
      changed('connected', 'degraded', 'tokens.endpoint_unavailable'),
      changed('degraded', 'needs-admin', 'tokens.consent_required'),
      changed('needs-admin', 'connected', null),
      { kind: 'grant.refreshed', payload: { resource: 'graph', ms: expect.any(Number) as number }, at },
    ])
  })

  it('respects the time set by the server', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    server.failures.push({ status: 429, body: {}, headers: { 'retry-after': '900' } })

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.endpoint_unavailable' })

    const { nextTryAt } = await grants.get(grantId)
    expect(nextTryAt!.getTime()).toBeGreaterThanOrEqual(clock.now().getTime() + 900_000)
  })

  it('keeps the claims required by a policy for the next sign-in', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    const claims = '{"access_token":{"capolids":{"essential":true,"values":["5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11"]}}}'
    refuse({ error: 'invalid_grant', suberror: 'message_only', error_codes: [53003], claims })

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.blocked_by_policy' })

    const { searchParams } = await begin({ reconnectGrantId: grantId })
    expect(JSON.parse(searchParams.get('claims')!)).toMatchObject({
      access_token: { xms_cc: { values: ['cp1'] }, capolids: { essential: true } },
    })
    expect((await grants.get(grantId)).ended).toBeUndefined()
  })
})

describe('the background refresh of grants', () => {
  const keeperOf = () => stage.startProcess(database).keeper

  async function look(keepers = [keeperOf()]): Promise<void> {
    for (const keeper of keepers) keeper.start()
    await Promise.all(keepers.map((keeper) => keeper.settled()))
    await Promise.all(keepers.map((keeper) => keeper.stop()))
  }

  /** Excludes grants of other tests. */
  async function only(grantId: GrantId): Promise<void> {
    await database.pool.query(`UPDATE grants SET state = 'needs-sign-in' WHERE id <> $1`, [grantId])
  }

  it("refreshes at 70 to 80 percent of a token's lifetime, in one of several processes", async () => {
    const grantId = await signedIn()
    await openEmailAccount(grantId)
    await only(grantId)
    await accessTokens.get(grantId, 'graph')
    clock.advance(0.69 * HOUR_MS)
    await look()
    expect(server.refreshes).toBe(0)

    clock.advance(0.12 * HOUR_MS)
    await look([keeperOf(), keeperOf(), keeperOf()])

    expect([server.refreshes, server.replays]).toEqual([1, 0])
    await look()
    expect(server.refreshes).toBe(1)
  })

  it.each([
    ['opens no mailbox', () => Promise.resolve()],
    ['opens only one that is paused', (grantId: GrantId) => openEmailAccount(grantId, 'paused')],
  ])('refreshes once a day a grant that %s', async (_what, prepare) => {
    const grantId = await signedIn()
    await prepare(grantId)
    await only(grantId)
    clock.advance(19 * HOUR_MS)
    await look()
    expect(server.refreshes).toBe(0)

    for (let day = 0; day < 3; day++) {
      clock.advance(DAY_MS)
      await look()
    }
    expect(server.refreshes).toBe(3)
  })

  it('keeps a grant valid for 100 days, with and without traffic', async () => {
    const [quiet, busy] = [await signedIn(), await signIn({ objectId: newId() })]
    const busyId = (busy as { grantId: GrantId }).grantId
    await database.pool.query(`UPDATE grants SET state = 'needs-sign-in' WHERE id NOT IN ($1, $2)`, [quiet, busyId])
    await openEmailAccount(busyId)
    for (let hour = 0; hour < 100 * 24; hour += 12) {
      clock.advance(12 * HOUR_MS)
      await look()
      await accessTokens.get(busyId, 'graph')
    }

    const now = clock.now().getTime()
    for (const id of [quiet, busyId]) {
      const { state, refreshTokenAt, expiresUnusedAt } = await grants.get(id)
      expect(state).toBe('connected')
      expect(now - refreshTokenAt.getTime()).toBeLessThanOrEqual(36 * HOUR_MS)
      expect(expiresUnusedAt.getTime() - refreshTokenAt.getTime()).toBe(90 * DAY_MS)
    }
    expect(server.replays).toBe(0)
  })

  it("postpones grants that can't be refreshed, so that others are not delayed", async () => {
    const grantId = await signedIn()
    await only(grantId)
    await database.pool.query(`UPDATE cloud_providers SET cloud = 'of-an-older-clouds-file'`)
    clock.advance(DAY_MS)
    await look()
    const claimedUntil = async () =>
      (await database.db.selectFrom('grants').selectAll().where('id', '=', grantId).executeTakeFirstOrThrow())
        .refresh_claimed_until
    expect((await claimedUntil())?.getTime()).toBeGreaterThan(clock.now().getTime())

    await database.pool.query(`UPDATE cloud_providers SET cloud = 'global'`)
    clock.advance(2 * 60_000)
    await look()
    expect(server.refreshes).toBe(1)
    expect(await claimedUntil()).toBeNull()
  })

  it('retries failed grants automatically, and sends no requests for ended ones', async () => {
    const grantId = await signedIn()
    await openEmailAccount(grantId)
    await only(grantId)
    clock.advance(2 * HOUR_MS)
    refuse({}, 503)
    await look()
    expect(await grants.get(grantId)).toMatchObject({ state: 'degraded' })

    clock.advance(10_000)
    refuse({ error: 'invalid_grant', error_codes: [50057] })
    await look()
    expect(await grants.get(grantId)).toMatchObject({ state: 'needs-sign-in', stateReason: 'tokens.account_disabled' })

    clock.advance(2 * DAY_MS)
    await look()
    expect(server.failures).toEqual([])
    expect(server.refreshes).toBe(0)
  })
})

const COPIES_OF_A_GRANT = `
  INSERT INTO grants
  SELECT (jsonb_populate_record(grants, jsonb_build_object('id', gen_random_uuid(), 'object_id', gen_random_uuid()))).*
  FROM grants, generate_series(1, $2) WHERE id = $1`

describe('a refresh round', () => {
  it('ends before its deadline with a slow token endpoint, and the next round continues', async () => {
    const grantId = await signedIn()
    await database.pool.query(`UPDATE grants SET state = 'needs-sign-in' WHERE id <> $1`, [grantId])
    await database.pool.query(COPIES_OF_A_GRANT, [grantId, 199])
    clock.advance(DAY_MS)
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const refreshed = new Set<GrantId>()
    const figures = () => roundFigures().find(({ name }) => name === 'tokens.keeper')
    const keeper = createKeeper({
      ...{ database, clock, log: silentLog },
      accessTokens: {
        // Four concurrent refreshes of 20 seconds each.
        refreshDue(id) {
          vi.advanceTimersByTime(5_000)
          refreshed.add(id)
          figures()
          return database.pool
            .query(`UPDATE grants SET refresh_due_at = $2 WHERE id = $1`, [
              id,
              new Date(clock.now().getTime() + DAY_MS),
            ])
            .then(() => undefined)
        },
      },
    })
    onTestFinished(() => keeper.stop())
    keeper.start()
    await keeper.settled()
    expect(figures()).toMatchObject({ abandoned: 0, isStalled: false, runningMs: undefined })
    expect(refreshed.size).toBeGreaterThan(40)
    expect(refreshed.size).toBeLessThan(100)

    for (let round = 0; round < 9 && refreshed.size < 200; round++) {
      clock.advance(3 * 60_000)
      keeper.poke()
      await keeper.settled()
    }
    expect(refreshed.size).toBe(200)
    expect(figures()).toMatchObject({ abandoned: 0 })
  })
})

describe('the authority of a grant', () => {
  it('is stored with the grant, independent of the clouds file of a process', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    const elsewhere = stage.startProcess(database, { authority: 'http://localhost:9' })

    await expect(elsewhere.accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    expect(await grants.get(grantId)).toMatchObject({ cloud: 'global', authority: `${server.origin}/${TENANT}` })
  })

  it('is looked up once for an old grant and then stored', async () => {
    const grantId = await signedIn()
    await database.pool.query('UPDATE grants SET authority = NULL, cloud = NULL WHERE id = $1', [grantId])
    clock.advance(2 * HOUR_MS)

    await accessTokens.get(grantId, 'graph')

    expect(await grants.get(grantId)).toMatchObject({ cloud: 'global', authority: `${server.origin}/${TENANT}` })
  })

  it('is the same in both steps of a sign-in, even if the registration changes in between', async () => {
    await cloudProviders.update(stage.provider(), { accountTypes: 'multitenant' }, ACTOR)
    const { href } = await begin()
    await cloudProviders.update(stage.provider(), { accountTypes: 'single-tenant' }, ACTOR)

    await authorizations.complete(await server.signIn({ url: href, tenantId: TENANT, objectId: BEN }), SESSION)

    expect(server.redeemedAt).toBe('organizations')
  })
})

describe('a personal account', () => {
  it('is recognized, requests no permissions for shared mailboxes, and has opaque tokens', async () => {
    await cloudProviders.update(stage.provider(), { accountTypes: 'multitenant-and-personal' }, ACTOR)
    server.amend = (answer) => ({
      ...answer,
      access_token: `EwB${randomBytes(60).toString('base64')}`,
      scope: 'Mail.ReadWrite Mail.Send User.Read',
    })
    const permissions = { receives: 'graph', sends: 'graph', kinds: ['user', 'shared'] } as const

    const outcome = await signIn({ tenantId: PERSONAL, userName: 'ben@outlook.example' }, { permissions })

    expect(outcome).toMatchObject({ kind: 'granted', tenantId: PERSONAL, scopesMissing: [] })
    const grant = await grants.get((outcome as { grantId: GrantId }).grantId)
    expect(grant).toMatchObject({ isPersonal: true, authority: `${server.origin}/${PERSONAL}` })
    expect(grant.scopesRequested.filter((scope) => scope.endsWith('.Shared'))).toEqual([])
    expect((await accessTokens.get(grant.id, 'graph')).value.reveal()).toMatch(/^EwB/)
  })
})

describe('an undecryptable row', () => {
  it('affects one grant, which needs a sign-in and is replaced by it; others continue', async () => {
    const [lost, other] = [await signedIn(), await signIn({ objectId: newId() })]
    await database.pool.query(`UPDATE grants SET refresh_token = '\\x00'::bytea || refresh_token WHERE id = $1`, [lost])

    const code = 'tokens.grant_unreadable'
    for (let time = 0; time < 2; time++) {
      await expect(accessTokens.get(lost, 'graph')).rejects.toMatchObject({ code, remedy: 'sign-in' })
    }
    expect(await grants.get(lost)).toMatchObject({ state: 'needs-sign-in', stateReason: code })
    expect(await eventsOf(lost)).toMatchObject([{ payload: { to: 'needs-sign-in', reason: code } }])
    await expect(accessTokens.get((other as { grantId: GrantId }).grantId, 'graph')).resolves.toBeDefined()

    expect(await signIn({}, { reconnectGrantId: lost })).toMatchObject({
      kind: 'granted',
      grantId: lost,
      renewed: true,
    })
    expect(await grants.get(lost)).toMatchObject({ state: 'connected', stateReason: undefined })
    clock.advance(2 * HOUR_MS)
    await expect(accessTokens.get(lost, 'graph')).resolves.toBeDefined()
  })

  it('with a credential is a fault of the provider, leaves grants unchanged, and ends with another credential', async () => {
    const grantId = await signedIn()
    await database.pool.query(`UPDATE provider_credentials SET sealed = '\\x00'::bytea || sealed`)
    clock.advance(2 * HOUR_MS)

    const code = 'cloud_providers.credential_unreadable'
    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code, remedy: 'admin' })
    expect(await cloudProviders.get(stage.provider())).toMatchObject({ state: 'needs-admin', stateReason: code })
    expect(await grants.get(grantId)).toMatchObject({ state: 'connected', stateReason: undefined })

    const secret = { kind: 'secret', secret: new Secret('good'), expiresAt: undefined } as const
    await cloudProviders.addCredential(stage.provider(), secret, ACTOR)
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    expect(await cloudProviders.get(stage.provider())).toMatchObject({ state: 'connected', stateReason: undefined })
  })

  it('with an access token is no fault, because the refresh token returns another', async () => {
    const grantId = await signedIn()
    await database.pool.query(`UPDATE access_tokens SET sealed = '\\x00'::bytea || sealed WHERE grant_id = $1`, [
      grantId,
    ])

    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    expect(server.refreshes).toBe(1)
  })

  it('is no fault if only this process lacks the key, unless an admin has declared it lost', async () => {
    const grantId = await signedIn()
    const keyRing = createKeyRing([{ id: 'other', key: randomBytes(32) }], 'other')
    const blind = createPostgresGrantVault({ database, keyRing, clock, events })
    await expect(blind.read(grantId)).rejects.toMatchObject({ code: 'kernel.key_missing' })
    expect(await grants.get(grantId)).toMatchObject({ state: 'connected' })

    await database.pool.query(`UPDATE encryption_keys SET given_up_at = $1 WHERE key_id = 'test'`, [clock.now()])
    await expect(blind.read(grantId)).rejects.toMatchObject({ code: 'tokens.grant_unreadable' })
    expect(await grants.get(grantId)).toMatchObject({ state: 'needs-sign-in' })

    // The key was found again.
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    clock.advance(2 * HOUR_MS)
    await accessTokens.get(grantId, 'graph')
    expect(await grants.get(grantId)).toMatchObject({ state: 'connected', ended: undefined })
    await database.pool.query(`UPDATE encryption_keys SET given_up_at = NULL`)
  })
})

describe('a process that crashes between the response and the save', () => {
  it('ends the grant with its own reason if refresh tokens are used once, and has no effect otherwise', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    const another = await createDatabase(database.url)
    const requestToken = createClientRequests({ cloudProviders, tokenRequests })
    const endpoint = createTokenEndpoint({ cloudProviders, requestToken, clock })
    const vault = createPostgresGrantVault({ database: another, keyRing: stage.keyRing, clock, events })
    const dying = createAccessTokens({
      vault,
      clock,
      endpoint: {
        ...endpoint,
        async refresh(...asked) {
          await endpoint.refresh(...asked)
          await another.close()
          throw new Error('killed')
        },
      },
    })
    await expect(dying.get(grantId, 'graph')).rejects.toThrow('killed')
    expect(await grants.get(grantId)).toMatchObject({ state: 'connected' })

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.grant_lost_in_flight' })
    expect(await grants.get(grantId)).toMatchObject({
      state: 'needs-sign-in',
      stateReason: 'tokens.grant_lost_in_flight',
    })
  })
})
