import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Resource } from '../cloud-providers/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { createAccessTokens, MIN_LIFETIME_MS } from './access-tokens.ts'
import type { GrantVault, SaveGrant } from './grant-vault.ts'
import type { Grant } from './grant.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

const id = 'grant-1' as GrantId
const HOUR_MS = 60 * 60 * 1000

describe('access tokens', () => {
  it('hands out the stored token while it outlives a request', async () => {
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

  it('has one token for each resource and one refresh token for both', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })

    const [graph, exchange] = await Promise.all([tokens.get(id, 'graph'), tokens.get(id, 'exchange')])

    expect([graph.resource, exchange.resource]).toEqual(['graph', 'exchange'])
    expect(vault.stored.accessTokens).toEqual({ graph, exchange })
    expect([server.refreshes, server.replays]).toEqual([2, 0])
    expect(await tokens.get(id, 'exchange')).toBe(exchange)
  })

  it('refreshes once, and waits for the lock once, for any number of callers', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })

    const handedOut = await Promise.all(Array.from({ length: 50 }, () => tokens.get(id, 'graph')))

    expect(server.refreshes).toBe(1)
    expect(vault.timesLocked).toBe(1)
    expect(new Set(handedOut).size).toBe(1)
  })

  it('uses what another process refreshed while it waited for the lock', async () => {
    const { processes, server } = setUp({ lifetimeMs: 0 })

    const [first, second] = await Promise.all(processes.map((tokens) => tokens.get(id, 'graph')))

    expect(server.refreshes).toBe(1)
    expect(second).toBe(first)
  })

  it('has stored the rotated refresh token by the time it hands out the access token', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })

    await tokens.get(id, 'graph')

    expect(vault.stored.refreshToken.reveal()).toBe(server.validRefreshToken)
    expect(vault.stored.refreshTokenAt).toEqual(clock.now())
  })

  it('keeps the old refresh token when none comes', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
    server.rotates = false

    await tokens.get(id, 'graph')

    expect(vault.stored.refreshToken.reveal()).toBe('refresh-0')
    expect(vault.stored.refreshTokenAt).toEqual(new Date(0))
  })

  it.each(['tokens.endpoint_unavailable', 'tokens.blocked_by_policy', 'tokens.consent_required'] as const)(
    'ends no grant for %s and lets it be tried again',
    async (code) => {
      const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
      server.failNext(new AppError(code))

      await expect(tokens.get(id, 'graph')).rejects.toMatchObject({ code })
      expect(vault.stored.ended).toBeUndefined()
      await expect(tokens.get(id, 'graph')).resolves.toBeDefined()
    },
  )

  it('asks the server about an ended grant only once', async () => {
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

  it('does not end a grant whose refresh token was replaced meanwhile, but goes on with the new one', async () => {
    const { tokens, server, vault } = setUp({ lifetimeMs: 0 })
    server.failNext(new AppError('tokens.grant_ended'), () => {
      vault.stored = { ...vault.stored, version: 7, refreshToken: new Secret(server.rotate()) }
    })

    expect((await tokens.get(id, 'graph')).value.reveal()).toBe('graph-2')
    expect(vault.stored.ended).toBeUndefined()
    expect([server.refreshes, server.replays]).toEqual([2, 0])
  })

  it('replaces a token that a mail server refused, and leaves that of the other resource alone', async () => {
    const { tokens, server } = setUp({ lifetimeMs: HOUR_MS })
    const refused = await tokens.get(id, 'graph')
    const exchange = await tokens.get(id, 'exchange')

    await tokens.discard(id, 'graph', refused)

    expect((await tokens.get(id, 'graph')).value.equals(refused.value)).toBe(false)
    expect(await tokens.get(id, 'exchange')).toBe(exchange)
    expect(server.refreshes).toBe(2)
  })

  it('ignores a late report about a token that is no longer in use', async () => {
    const { tokens, server } = setUp({ lifetimeMs: HOUR_MS })
    const old = await tokens.get(id, 'graph')
    await tokens.discard(id, 'graph', old)
    await tokens.get(id, 'graph')

    await tokens.discard(id, 'graph', old)
    await tokens.get(id, 'graph')

    expect(server.refreshes).toBe(1)
  })

  // Two server processes, a strict authorization server that ends the grant when a refresh token is used twice, both
  // resources, and every order in which their steps can interleave.
  it('never replays a refresh token, whatever the interleaving', () =>
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

const clock = { now: () => new Date('2026-01-01T00:00:00Z') }

function setUp(options: { lifetimeMs: number; pause?: () => Promise<unknown> }) {
  const pause = options.pause ?? (() => Promise.resolve())
  const server = new StrictAuthorizationServer(pause)
  const vault = new MemoryVault(
    {
      id,
      version: 0,
      cloudProviderId: 'provider-1' as CloudProviderId,
      tenantId: 'tenant',
      objectId: 'object',
      userName: 'ben@contoso.example',
      displayName: 'Ben Ito',
      scopesWanted: [],
      scopesGranted: ['https://graph.microsoft.com/Mail.ReadWrite'],
      refreshToken: new Secret(server.validRefreshToken),
      refreshTokenAt: new Date(0),
      createdAt: new Date(0),
      accessTokens: {
        graph: {
          value: new Secret('first'),
          resource: 'graph',
          scope: [],
          expiresAt: new Date(clock.now().getTime() + options.lifetimeMs),
        },
      },
      ended: undefined,
    },
    pause,
  )
  const processes = [createAccessTokens(vault, server, clock), createAccessTokens(vault, server, clock)]
  return { tokens: processes[0]!, processes, server, vault }
}

/** Rotates the refresh token on every success and counts any use of one that is no longer valid. */
class StrictAuthorizationServer implements TokenEndpoint {
  refreshes = 0
  replays = 0
  mostAtOnce = 0
  rotates = true
  #running = 0
  #rotation = 0
  #nextFailure: { error: AppError; before: () => void } | undefined
  readonly #pause: () => Promise<unknown>

  constructor(pause: () => Promise<unknown>) {
    this.#pause = pause
  }

  get validRefreshToken(): string {
    return `refresh-${this.#rotation}`
  }

  rotate(): string {
    this.#rotation++
    return this.validRefreshToken
  }

  failNext(error: AppError, before = (): void => undefined): void {
    this.#nextFailure = { error, before }
  }

  redeem(): Promise<never> {
    throw new TypeError('nobody signs in here')
  }

  async refresh(grant: Grant, resource: Resource) {
    this.refreshes++
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#running)
    await this.#pause()
    this.#running--

    const failure = this.#nextFailure
    this.#nextFailure = undefined
    failure?.before()
    if (failure) throw failure.error

    if (grant.refreshToken.reveal() !== this.validRefreshToken) this.replays++
    if (this.rotates) this.#rotation++
    return {
      accessToken: {
        value: new Secret(`${resource}-${this.#rotation}`),
        resource,
        scope: [],
        expiresAt: new Date(clock.now().getTime() + HOUR_MS),
      },
      scopesGranted: grant.scopesGranted,
      ...(this.rotates ? { refreshToken: new Secret(this.validRefreshToken) } : {}),
    }
  }
}

/** What PostgreSQL gives us: reads that take time, one holder of a grant at once, and late writers refused. */
class MemoryVault implements GrantVault {
  stored: Grant
  timesLocked = 0
  #queue: Promise<unknown> = Promise.resolve()
  readonly #pause: () => Promise<unknown>

  constructor(grant: Grant, pause: () => Promise<unknown>) {
    this.stored = grant
    this.#pause = pause
  }

  async read() {
    await this.#pause()
    return this.stored
  }

  exclusively<T>(_id: GrantId, work: (grant: Grant, save: SaveGrant) => Promise<T>): Promise<T> {
    this.timesLocked++
    const turn = this.#queue.then(async () => {
      await this.#pause()
      return work(this.stored, async (grant) => {
        await this.#pause()
        if (grant.version !== this.stored.version) throw new AppError('tokens.grant_changed')
        this.stored = { ...grant, version: grant.version + 1 }
        return this.stored
      })
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }
}
