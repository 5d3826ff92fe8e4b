import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Resource } from '../cloud-providers/index.ts'
import { AppError } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'
import { MIN_LIFETIME_MS } from './access-tokens.ts'
import { clock, HOUR_MS, id, setUp } from '../../test/tokens/refresh-stage.ts'

describe('the access token cache', () => {
  it('returns the stored token if it outlives a request', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: MIN_LIFETIME_MS })

    expect(await tokens.get(id, 'graph')).toBe(vault.stored.accessTokens.graph)
    expect(server.refreshes).toBe(0)
  })

  it('refreshes a token that would not outlive a request', async () => {
    const { tokens, server } = setUp({ lifetimeMs: MIN_LIFETIME_MS - 1 })

    const token = await tokens.get(id, 'graph')

    expect(token.value.reveal()).toBe('graph-1')
    expect(server.refreshes).toBe(1)
  })

  it('has one access token per resource and one refresh token for both', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })

    const [graph, exchange] = await Promise.all([tokens.get(id, 'graph'), tokens.get(id, 'exchange')])

    expect([graph.resource, exchange.resource]).toEqual(['graph', 'exchange'])
    expect(vault.stored.accessTokens).toEqual({ graph, exchange })
    expect([server.refreshes, server.replays]).toEqual([2, 0])
    expect(await tokens.get(id, 'exchange')).toBe(exchange)
  })

  it('refreshes once and takes the lock once for concurrent callers', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })

    const handedOut = await Promise.all(Array.from({ length: 50 }, () => tokens.get(id, 'graph')))

    expect(server.refreshes).toBe(1)
    expect(vault.timesLocked).toBe(1)
    expect(new Set(handedOut).size).toBe(1)
  })

  it('uses a token that another process refreshed while waiting for the lock', async () => {
    const { processes, server } = setUp({ lifetimeMs: 0 })

    const [first, second] = await Promise.all(processes.map((tokens) => tokens.get(id, 'graph')))

    expect(server.refreshes).toBe(1)
    expect(second).toBe(first)
  })

  it('stores the rotated refresh token before it returns the access token', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })

    await tokens.get(id, 'graph')

    expect(vault.stored.refreshToken.reveal()).toBe(server.validRefreshToken)
    expect(vault.stored.refreshTokenAt).toEqual(clock.now())
  })

  it('keeps the old refresh token if the response has none', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
    server.rotates = false

    await tokens.get(id, 'graph')

    expect(vault.stored.refreshToken.reveal()).toBe('refresh-0')
    expect(vault.stored.refreshTokenAt).toEqual(new Date(0))
  })

  it.each(['tokens.endpoint_unavailable', 'tokens.blocked_by_policy', 'tokens.consent_required'] as const)(
    'does not end a grant after %s, and allows another try',
    async (code) => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      server.failNext(new AppError(code))

      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code })
      expect(vault.stored.ended).toBeUndefined()
      await expect(tokens.get(id, 'graph')).resolves.toBeDefined()
    },
  )

  it('sends one request for an ended grant', async () => {
    const { tokens, server } = setUp({ lifetimeMs: 0 })
    server.failNext(new AppError('tokens.grant_ended', { upstream: { error: 'invalid_grant' } }))

    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({
        code: 'tokens.grant_ended',
        remedy: 'sign-in',
        upstream: { error: 'invalid_grant' },
      })
    }
    expect(server.refreshes).toBe(1)
  })

  it('continues with a refresh token that was replaced meanwhile, instead of ending the grant', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
    server.failNext(new AppError('tokens.grant_ended'), () => {
      vault.stored = { ...vault.stored, version: 17, refreshToken: new Secret(server.rotate()) }
    })

    expect((await tokens.get(id, 'graph')).value.reveal()).toBe('graph-2')
    expect(vault.stored.ended).toBeUndefined()
    expect([server.refreshes, server.replays]).toEqual([2, 0])
  })

  it('replaces a token refused by a mail server, and keeps the one of the other resource', async () => {
    const { tokens, server } = setUp({ lifetimeMs: HOUR_MS })
    const refused = await tokens.get(id, 'graph')
    const exchange = await tokens.get(id, 'exchange')

    await tokens.discard(id, 'graph', refused)

    expect((await tokens.get(id, 'graph')).value.equals(refused.value)).toBe(false)
    expect(await tokens.get(id, 'exchange')).toBe(exchange)
    expect(server.refreshes).toBe(2)
  })

  it('ignores a late report about a replaced token', async () => {
    const { tokens, server } = setUp({ lifetimeMs: HOUR_MS })
    const old = await tokens.get(id, 'graph')
    await tokens.discard(id, 'graph', old)
    await tokens.get(id, 'graph')

    await tokens.discard(id, 'graph', old)
    await tokens.get(id, 'graph')

    expect(server.refreshes).toBe(1)
  })

  describe('the state of a grant', () => {
    it.each([
      ['tokens.endpoint_unavailable', 'degraded'],
      ['tokens.consent_required', 'needs-admin'],
      ['tokens.blocked_by_policy', 'needs-admin'],
      ['tokens.password_changed', 'needs-sign-in'],
    ] as const)('follows the refresh result: %s is %s', async (code, state) => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      server.failNext(new AppError(code))

      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code })

      expect(vault.stored).toMatchObject({ state, stateReason: code, stateSince: clock.now(), attempts: 1 })
      expect(vault.stored.ended === undefined).toBe(state !== 'needs-sign-in')
      expect(vault.stored.nextTryAt === undefined).toBe(state === 'needs-sign-in')
    })

    it('recovers with the next success, which resets the failure count', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      server.failNext(new AppError('tokens.blocked_by_policy', { upstream: { claims: '{"access_token":{}}' } }))
      await expect(tokens.get(id, 'graph')).rejects.toThrow()
      expect(vault.stored.signInClaims).toBe('{"access_token":{}}')

      await tokens.get(id, 'graph')

      expect(vault.stored).toMatchObject({ state: 'connected', attempts: 0 })
      expect([vault.stored.stateReason, vault.stored.nextTryAt, vault.stored.signInClaims]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    })

    it('never ends because of a number of failures', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      for (let attempt = 0; attempt < 200; attempt++) {
        server.failNext(new AppError('tokens.endpoint_unavailable'))
        await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ remedy: 'wait' })
      }

      expect(vault.stored).toMatchObject({ state: 'degraded', attempts: 200, stateSince: clock.now() })
      await expect(tokens.get(id, 'graph')).resolves.toBeDefined()
    })

    it.each(['cloud_providers.secret_expired', 'cloud_providers.client_disabled', 'kernel.key_missing'] as const)(
      'is not affected by errors of the registration or of Postkey: %s',
      async (code) => {
        const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
        server.failNext(new AppError(code))

        await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code })

        expect(vault.stored).toMatchObject({ state: 'connected', stateReason: undefined, ended: undefined })
      },
    )
  })

  describe('a refresh token from a restored backup', () => {
    const refused = (code: 'tokens.grant_ended' | 'tokens.password_changed') =>
      new AppError(code, { upstream: { error: 'invalid_grant' } })

    it('is the reported reason if the server rejects it as replaced', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0, restoredAt: clock.now() })
      server.failNext(refused('tokens.grant_ended'))

      const code = 'tokens.grant_from_backup'
      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code, remedy: 'sign-in' })
      expect(vault.stored).toMatchObject({ state: 'needs-sign-in', stateReason: code })
      await expect(tokens.get(id, 'exchange')).rejects.toMatchObject({ code })
    })

    it('stays in use if the server still accepts it', async () => {
      const { tokens, vault } = setUp({ lifetimeMs: 0, restoredAt: clock.now() })

      await expect(tokens.get(id, 'graph')).resolves.toBeDefined()
      expect(vault.stored).toMatchObject({ state: 'connected' })
    })

    it('is not the reported reason if the server gives another one, or if the token is newer than the restore', async () => {
      const named = setUp({ lifetimeMs: 0, restoredAt: clock.now() })
      named.server.failNext(refused('tokens.password_changed'))
      await expect(named.tokens.get(id, 'graph')).rejects.toMatchObject({ code: 'tokens.password_changed' })

      const newer = setUp({ lifetimeMs: 0, restoredAt: new Date(-1) })
      newer.server.failNext(refused('tokens.grant_ended'))
      await expect(newer.tokens.get(id, 'graph')).rejects.toMatchObject({ code: 'tokens.grant_ended' })
    })
  })

  describe('a lost refresh response', () => {
    const refused = () => new AppError('tokens.grant_ended', { upstream: { error: 'invalid_grant' } })

    it('is the reported reason if the process crashed and the server then rejects the old token', async () => {
      const { processes, server, vault } = setUp({ lifetimeMs: 0 })
      server.dieBeforeSave()
      await expect(processes[0]!.get(id, 'graph')).rejects.toThrow('killed')
      expect(vault.stored.refreshBegunAt).toEqual(clock.now())
      server.failNext(refused())

      const code = 'tokens.grant_lost_in_flight'
      await expect(processes[1]!.get(id, 'graph')).rejects.toMatchObject({ code, remedy: 'sign-in' })
      expect(vault.stored).toMatchObject({ state: 'needs-sign-in', stateReason: code })
      await expect(processes[1]!.get(id, 'graph')).rejects.toMatchObject({ code })
    })

    it('is not the reported reason if the server gives another one', async () => {
      const { tokens, server } = setUp({ lifetimeMs: 0 })
      server.dieBeforeSave()
      await expect(tokens.get(id, 'graph')).rejects.toThrow('killed')
      server.failNext(new AppError('tokens.password_changed'))

      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code: 'tokens.password_changed' })
    })

    it('has no effect if the old token is still valid', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      server.rotates = false
      server.dieBeforeSave()
      await expect(tokens.get(id, 'graph')).rejects.toThrow('killed')

      await expect(tokens.get(id, 'graph')).resolves.toBeDefined()
      expect(vault.stored).toMatchObject({ state: 'connected', refreshBegunAt: undefined })
    })

    it.each([
      [{ upstream: { status: 504 } }, 'tokens.grant_lost_in_flight'],
      [{}, 'tokens.grant_lost_in_flight'],
      [{ upstream: { status: 429 } }, 'tokens.grant_ended'],
      [{ upstream: { status: 400, error: 'temporarily_unavailable' } }, 'tokens.grant_ended'],
    ])('is assumed after a connection error but not after a refusal: %j', async (options, code) => {
      const { tokens, server } = setUp({ lifetimeMs: 0 })
      server.failNext(new AppError('tokens.endpoint_unavailable', options))
      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ remedy: 'wait' })
      server.failNext(refused())

      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code })
    })

    it('keeps a refresh token that came with an unusable access token', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      server.forAnotherResource = true
      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code: 'tokens.scope_not_granted' })
      expect(vault.stored).toMatchObject({ state: 'connected' })

      server.forAnotherResource = false
      await expect(tokens.get(id, 'graph')).resolves.toBeDefined()
      expect(server.replays).toBe(0)
    })
  })

  describe('a claims challenge', () => {
    const CHALLENGE = '{"access_token":{"nbf":{"essential":true,"value":"1796050800"}}}'

    it("requires a sign-in with the requested claims if a refresh can't satisfy it", async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: HOUR_MS })
      server.failNext(new AppError('tokens.mfa_required'))

      const refused = await tokens.get(id, 'graph')
      await expect(tokens.discard(id, 'graph', refused, CHALLENGE)).rejects.toMatchObject({
        code: 'tokens.mfa_required',
      })

      expect(vault.stored).toMatchObject({ state: 'needs-sign-in', signInClaims: CHALLENGE })
    })

    it('requires a sign-in if it recurs for the token issued for it', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: HOUR_MS })
      await tokens.discard(id, 'graph', await tokens.get(id, 'graph'), CHALLENGE)
      const made = await tokens.get(id, 'graph')
      expect([server.refreshes, made.claims]).toEqual([1, CHALLENGE])

      await expect(tokens.discard(id, 'graph', made, CHALLENGE)).rejects.toMatchObject({
        code: 'tokens.new_proof_needed',
      })
      expect(vault.stored).toMatchObject({ state: 'needs-sign-in', signInClaims: CHALLENGE })
      expect(server.refreshes).toBe(1)
    })

    it('triggers a refresh if it differs from the previous one', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: HOUR_MS })
      await tokens.discard(id, 'graph', await tokens.get(id, 'graph'), CHALLENGE)
      await tokens.discard(id, 'graph', await tokens.get(id, 'graph'), CHALLENGE.replace('1796050800', '1796050801'))

      expect([server.refreshes, vault.stored.state]).toEqual([2, 'connected'])
    })
  })

  describe('background refresh of a grant', () => {
    it('refreshes each resource in use when due, and not before', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: HOUR_MS })
      vault.stored = { ...vault.stored, refreshDueAt: new Date(clock.now().getTime() + 1) }
      const due = (at: number) => {
        const graph = { ...vault.stored.accessTokens.graph!, refreshDueAt: new Date(at) }
        vault.stored = { ...vault.stored, accessTokens: { graph } }
      }
      due(clock.now().getTime() + 1)
      await tokens.refreshDue(id)
      expect(server.refreshes).toBe(0)

      due(clock.now().getTime())
      await tokens.refreshDue(id)
      await tokens.refreshDue(id)

      expect(server.refreshes).toBe(1)
      expect(vault.stored.accessTokens.graph?.refreshDueAt).toEqual(new Date(clock.now().getTime() + 0.7 * HOUR_MS))
    })

    it('refreshes an unused grant once a day', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: HOUR_MS })
      vault.stored = { ...vault.stored, accessTokens: {}, refreshDueAt: clock.now() }

      await tokens.refreshDue(id)

      expect(server.refreshes).toBe(1)
      expect(vault.stored.refreshDueAt).toEqual(new Date(clock.now().getTime() + 20 * HOUR_MS))
    })

    it('skips ended grants and grants in a backoff', async () => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      vault.stored = { ...vault.stored, nextTryAt: new Date(clock.now().getTime() + 1) }
      await tokens.refreshDue(id)
      vault.stored = { ...vault.stored, nextTryAt: undefined, ended: { at: clock.now(), upstream: undefined } }
      await tokens.refreshDue(id)

      expect(server.refreshes).toBe(0)
    })
  })

  // Two server processes and both resources, in every interleaving of their steps. The strict authorization server ends
  // the grant if a refresh token is used twice.
  it('never replays a refresh token, in any interleaving of processes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(
          fc.record({
            process: fc.nat(1),
            action: fc.constantFrom('get', 'refused'),
            resource: fc.constantFrom<Resource>('graph', 'exchange'),
          }),
          { minLength: 2, maxLength: 12 },
        ),
        async (scheduler, steps) => {
          const { processes, server } = setUp({ lifetimeMs: 0, pause: () => scheduler.schedule(Promise.resolve()) })

          const runs = steps.map(async ({ process, action, resource }) => {
            const tokens = processes[process]!
            const token = await tokens.get(id, resource)
            expect(token.resource).toBe(resource)
            if (action === 'refused') await tokens.discard(id, resource, token)
          })
          await scheduler.waitFor(Promise.all(runs))

          expect(server.replays).toBe(0)
          expect(server.mostAtOnce).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 500 },
    ))
})
