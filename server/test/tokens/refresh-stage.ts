/** Test harness: one grant in memory, two processes, and a strict authorization server. */
import type { Resource } from '../../src/cloud-providers/index.ts'
import { AppError } from '../../src/kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../../src/kernel/ids.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { createAccessTokens } from '../../src/tokens/access-tokens.ts'
import type { GrantVault, SaveGrant } from '../../src/tokens/grant-vault.ts'
import type { Grant } from '../../src/tokens/grant.ts'
import type { TokenEndpoint } from '../../src/tokens/token-endpoint.ts'

export const id = 'grant-1' as GrantId
export const HOUR_MS = 60 * 60 * 1000

export const clock = { now: () => new Date('2026-01-01T00:00:00Z') }

export function setUp(options: { lifetimeMs: number; pause?: () => Promise<unknown>; restoredAt?: Date }) {
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
      scopesRequested: [],
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
      refreshTokenEndsAt: undefined,
      expiresUnusedAt: new Date(0),
      isPersonal: false,
      cloud: 'global',
      authority: 'https://login.example/tenant',
      state: 'connected',
      stateReason: undefined,
      stateSince: new Date(0),
      nextTryAt: undefined,
      attempts: 0,
      refreshDueAt: new Date(0),
      refreshBegunAt: undefined,
      signInClaims: undefined,
      ended: undefined,
    },
    pause,
  )
  const startProcess = () =>
    createAccessTokens({
      ...{ vault, endpoint: server, clock, random: () => 0 },
      restoredAt: () => Promise.resolve(options.restoredAt),
    })
  const processes = [startProcess(), startProcess()]
  return { tokens: processes[0]!, processes, server, vault }
}

/** Rotates the refresh token on every success, and counts uses of invalid ones. */
class StrictAuthorizationServer implements TokenEndpoint {
  refreshes = 0
  replays = 0
  mostAtOnce = 0
  rotates = true
  #running = 0
  #rotation = 0
  forAnotherResource = false
  #dies = false
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

  /** The next response is lost. */
  dieBeforeSave(): void {
    this.#dies = true
  }

  redeemDeviceCode(): Promise<never> {
    return Promise.reject(new Error('nobody signs in here'))
  }

  redeem(): Promise<never> {
    throw new TypeError('nobody signs in here')
  }

  resourcesOf() {
    return Promise.resolve<Resource[]>(['graph', 'exchange'])
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
    if (this.#dies) {
      this.#dies = false
      throw new Error('killed')
    }
    const accessToken = {
      value: new Secret(`${resource}-${this.#rotation}`),
      resource,
      scope: [],
      expiresAt: new Date(clock.now().getTime() + HOUR_MS),
    }
    return {
      accessToken: this.forAnotherResource ? undefined : accessToken,
      scopesGranted: grant.scopesGranted,
      authority: 'https://login.example/tenant',
      cloud: 'global',
      refreshTokenEndsAt: undefined,
      ...(this.rotates ? { refreshToken: new Secret(this.validRefreshToken) } : {}),
    }
  }
}

/** Simulates PostgreSQL: slow reads, one lock holder per grant, and rejected late writes. */
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

  async begin(grant: Grant, at: Date) {
    await this.#pause()
    if (grant.version !== this.stored.version) throw new AppError('tokens.grant_changed')
    this.stored = { ...this.stored, refreshBegunAt: at, version: grant.version + 1 }
    return { ...grant, refreshBegunAt: at, version: grant.version + 1 }
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
