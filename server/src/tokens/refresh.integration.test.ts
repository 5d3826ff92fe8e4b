import { describe, expect, it, vi } from 'vitest'
import { createDatabase } from '../database/index.ts'
import type { GrantId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { atTheSameMoment, WAIT, waitingFor } from '../../test/kit/index.ts'
import { ACTOR, createSignInStage } from '../../test/kit/sign-in-stage.ts'
import { createPostgresGrantVault } from './postgres-grant-vault.ts'

const HOUR_MS = 60 * 60 * 1000

const stage = await createSignInStage()
const { cloudProviders, grants, accessTokens, clock, server, database, keyRing, events, provider, signIn, signedIn } =
  stage

describe('the registration behind a refresh', () => {
  it('uses the older secret if the newest is not accepted', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    await cloudProviders.addCredential(
      provider(),
      { kind: 'secret', secret: new Secret('typo'), expiresAt: undefined },
      ACTOR,
    )

    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    expect(server.refreshes).toBe(1)
  })

  it('without an accepted secret is one incident of the provider, ends no grant, and recovers with an accepted one', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    server.secrets = new Set(['next'])

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'cloud_providers.secret_wrong' })
    expect(await cloudProviders.get(provider())).toMatchObject({
      state: 'needs-admin',
      stateReason: 'cloud_providers.secret_wrong',
    })
    expect((await grants.get(grantId)).ended).toBeUndefined()

    await cloudProviders.addCredential(
      provider(),
      { kind: 'secret', secret: new Secret('next'), expiresAt: undefined },
      ACTOR,
    )
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    expect(await cloudProviders.get(provider())).toMatchObject({ state: 'connected', stateReason: undefined })
  })
})

describe('a token for a resource', () => {
  it('is not requested if the sign-in did not include it', async () => {
    const grantId = await signedIn()

    await expect(accessTokens.get(grantId, 'exchange')).rejects.toMatchObject({ code: 'tokens.scope_not_granted' })
    expect(server.refreshes).toBe(0)
  })

  it('is rejected if the response is for the other resource', async () => {
    const outcome = await signIn({}, { permissions: { receives: 'imap', sends: 'graph', kinds: ['user'] } })
    const { grantId } = outcome as { grantId: GrantId }
    server.failures = [
      {
        status: 200,
        body: { token_type: 'Bearer', access_token: 'x', expires_in: 3600, scope: 'Mail.ReadWrite Mail.Send' },
      },
    ]

    await expect(accessTokens.get(grantId, 'exchange')).rejects.toMatchObject({ code: 'tokens.scope_not_granted' })
  })

  it('comes from the same refresh token if requested at sign-in', async () => {
    const outcome = await signIn({}, { permissions: { receives: 'imap', sends: 'graph', kinds: ['user'] } })
    const { grantId } = outcome as { grantId: GrantId }

    const [graph, exchange] = await Promise.all([
      accessTokens.get(grantId, 'graph'),
      accessTokens.get(grantId, 'exchange'),
    ])

    expect(graph.scope).toContain('https://graph.microsoft.com/Mail.Send')
    expect(exchange.scope).toEqual(['https://outlook.office.com/IMAP.AccessAsUser.All'])
    expect((await grants.get(grantId)).scopesGranted).toEqual(
      expect.arrayContaining([...graph.scope, ...exchange.scope]),
    )
    expect(server.replays).toBe(0)
  })
})

describe('disconnecting a grant', () => {
  it('deletes the grant and its tokens', async () => {
    const grantId = await signedIn()

    await grants.disconnect(grantId, ACTOR)

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.grant_not_found' })
    const { rows } = await database.pool.query('SELECT 1 FROM access_tokens WHERE grant_id = $1', [grantId])
    expect(rows).toEqual([])
  })

  it('is refused while the grant opens a mailbox', async () => {
    const grantId = await signedIn()
    await database.pool.query(
      `INSERT INTO email_accounts (id, key, name, address, kind, contact, cloud_provider_id, grant_id, receives_by, sends_by,
         import_from, state, state_since, created_at)
       VALUES (gen_random_uuid(), 'SUP', 'Support', 'support@contoso.example', 'shared', 'ada@contoso.example', $1, $2,
         'graph', 'graph', $3, 'connected', $3, $3)`,
      [provider(), grantId, clock.now()],
    )

    await expect(grants.disconnect(grantId, ACTOR)).rejects.toMatchObject({ code: 'tokens.grant_in_use' })
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
  })

  it('must precede the removal of its provider', async () => {
    await signedIn()

    await expect(cloudProviders.remove(provider(), ACTOR)).rejects.toMatchObject({ code: 'cloud_providers.in_use' })
  })
})

describe('several processes on one database', () => {
  it('refresh once per expiry and replay no refresh token', async () => {
    const others = await Promise.all([1, 2].map(() => createDatabase(database.url)))
    const processes = [accessTokens, ...others.map((other) => stage.startProcess(other).accessTokens)]
    const grantId = await signedIn()
    const EXPIRIES = 3
    // The response is held until all processes request a token: the others wait for the lock, or have also reached the
    // server.
    const allHaveCome = async () => server.running > 1 || (await waitingFor(database, 'locks')) === others.length
    server.beforeAnswer = async () => {
      await vi.waitUntil(allHaveCome, WAIT)
    }

    for (let expiry = 0; expiry < EXPIRIES; expiry++) {
      clock.advance(2 * HOUR_MS)
      const tokens = await Promise.all(
        Array.from({ length: 12 }, (_, caller) => processes[caller % processes.length]!.get(grantId, 'graph')),
      )
      expect(new Set(tokens.map(({ value }) => value.reveal())).size).toBe(1)
    }

    expect([server.refreshes, server.replays, server.mostAtOnce]).toEqual([EXPIRIES, 0, 1])
    expect((await grants.get(grantId)).ended).toBeUndefined()
    await Promise.all(others.map((other) => other.close()))
  })

  it('store one grant for a person who signs in at several concurrently', async () => {
    const vault = createPostgresGrantVault({ database, keyRing, clock, events })
    const { refreshToken, ...grant } = await vault.read(await signedIn())
    const objectId = '00000000-0000-4000-8000-000000000009'

    const kept = await atTheSameMoment(database, 'grants', 6, () =>
      vault.keep({ ...grant, objectId, refreshToken, accessTokens: {} }),
    )

    expect(new Set(kept.map(({ id }) => id)).size).toBe(1)
    expect(kept.filter(({ renewed }) => !renewed)).toHaveLength(1)
  })

  it('reject a write for a grant changed meanwhile, and keep the stored one', async () => {
    const grantId = await signedIn()
    const vault = createPostgresGrantVault({ database, keyRing, clock, events })

    const before = await vault.read(grantId)

    const late = vault.exclusively(grantId, async (grant, save) => {
      // Simulates a save by another process after the lock was lost.
      await database.pool.query('UPDATE grants SET version = version + 1 WHERE id = $1', [grantId])
      await save({ ...grant, refreshToken: new Secret('older'), accessTokens: {} })
    })

    await expect(late).rejects.toMatchObject({ code: 'tokens.grant_changed', remedy: 'wait' })
    expect(await vault.read(grantId)).toEqual({ ...before, version: before.version + 1 })
  })
})
