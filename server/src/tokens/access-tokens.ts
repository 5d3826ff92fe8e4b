/**
 * Access tokens that are always fresh and never refreshed twice at once.
 *
 * Whatever talks to a mail server gets its token here. Six promises are kept in this file so that no caller has to
 * think of them:
 *
 * 1. One refresh at a time per grant, in this process and across processes. Servers that rotate refresh tokens read a
 *    second use of an old one as theft and end the grant (RFC 9700 §4.14).
 * 2. A refresh token is stored before the access token that came with it is handed out, so nothing done with the one
 *    can lose the other.
 * 3. An ended grant is not asked about again. Callers get the same error, without a network call, until a person signs
 *    in. And it is ended only when the refresh token that was refused is still the newest.
 * 4. A token is handed out for its own resource and no other.
 * 5. Whatever a refresh says moves the state of the grant, in the transaction that saves it.
 * 6. When a process dies between Microsoft's answer and our save, the grant says so afterwards: it was no theft.
 *
 * How long the lock may be held: for one request to the token endpoint, two when an older credential is tried, each with
 * its own limit of time.
 */
import type { Resource } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, knownCode } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import { challengeOf } from './claims.ts'
import { afterFailure, afterSuccess, signalOf } from './grant-states.ts'
import type { GrantVault, SaveGrant } from './grant-vault.ts'
import type { AccessToken, Grant } from './grant.ts'
import { dailyRefresh, refreshAheadOf } from './refresh-times.ts'
import { fromBackup, isUnclear, lostInFlight } from './token-errors.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** A token is handed out only if it outlives the longest single request that is made with it. */
export const MIN_LIFETIME_MS = 2 * 60 * 1000

export interface AccessTokens {
  /**
   * @throws {AppError} `tokens.grant_ended` or a finer word for it (somebody has to sign in), `tokens.…` and
   *   `cloud_providers.…` by their remedy
   */
  get(id: GrantId, resource: Resource): Promise<AccessToken>

  /**
   * Reports that a resource server refused `token`; the next `get` brings a different one. With `claims` that the server
   * wants in it (continuous access evaluation) it is asked for at once, since nobody else knows of them.
   */
  discard(id: GrantId, resource: Resource, token: AccessToken, claims?: string): Promise<void>
}

/** For whoever looks after grants that nobody asks for at the moment. */
export interface KeptFresh extends AccessTokens {
  /** Refreshes all that is due, or one resource when nothing else is: a grant that is never used ends. */
  refreshDue(id: GrantId): Promise<void>
}

export interface AccessTokensDeps {
  vault: GrantVault
  endpoint: TokenEndpoint
  clock: Clock
  random?: () => number
  /** When it was noticed that the database is a restored backup; `undefined` for one that never was. */
  restoredAt?: (() => Promise<Date | undefined>) | undefined
}

export function createAccessTokens(deps: AccessTokensDeps): KeptFresh {
  const { vault, endpoint, clock, random = Math.random, restoredAt = () => Promise.resolve(undefined) } = deps
  // Callers in this process share one refresh, so that a busy mailbox waits for the lock once and not once per caller.
  // Correctness across processes is the lock's work, not this map's.
  const refreshing = new Map<string, Promise<AccessToken>>()

  async function get(id: GrantId, resource: Resource): Promise<AccessToken> {
    const grant = await vault.read(id)
    return freshToken(grant, resource) ?? joinRefresh(id, resource)
  }

  async function discard(id: GrantId, resource: Resource, token: AccessToken, challenge?: string): Promise<void> {
    const claims = challengeOf(challenge)
    await vault.exclusively(id, async (grant, save) => {
      const stored = grant.accessTokens[resource]
      // A slow caller may report a token that was replaced long ago; the new one is innocent.
      if (stored && !stored.value.equals(token.value)) return
      const { [resource]: _refused, ...others } = grant.accessTokens
      const without = stored ? await save({ ...grant, accessTokens: others }) : grant
      if (claims === undefined || without.ended) return
      if (stored?.claims === claims) await challengedAgain(without, save, claims)
      // Under the same lock: a refresh without the claims would bring one that is refused again.
      await refresh(without, resource, save, claims)
    })
  }

  /** A token that was made for this very challenge was refused by it: no other refresh does better, a person may. */
  async function challengedAgain(grant: Grant, save: SaveGrant, claims: string): Promise<never> {
    const error = new AppError('tokens.new_proof_needed', { upstream: { claims } })
    await save(afterFailure(grant, error, clock.now(), random))
    throw error
  }

  async function refreshDue(id: GrantId): Promise<void> {
    await vault.exclusively(id, async (read, save) => {
      let grant = read
      const now = clock.now()
      if (grant.ended || (grant.nextTryAt && grant.nextTryAt > now)) return
      const resources = await endpoint.resourcesOf(grant)
      const inUse = resources.filter((resource) => grant.accessTokens[resource])
      let due = inUse.filter((resource) => (grant.accessTokens[resource]?.refreshDueAt ?? now) <= now)
      if (due.length === 0 && (grant.refreshDueAt <= now || grant.nextTryAt)) due = [...inUse, ...resources].slice(0, 1)
      for (const resource of due) {
        await refreshNow(grant, resource, save, undefined)
        grant = await vault.read(id)
      }
    })
  }

  function joinRefresh(id: GrantId, resource: Resource): Promise<AccessToken> {
    const key = `${id} ${resource}`
    const running = refreshing.get(key)
    if (running) return running

    const started = vault
      .exclusively(id, (grant, save) => refresh(grant, resource, save))
      .finally(() => refreshing.delete(key))
    refreshing.set(key, started)
    return started
  }

  async function refresh(grant: Grant, resource: Resource, save: SaveGrant, claims?: string): Promise<AccessToken> {
    // Look again: another process may have refreshed while we waited for the lock.
    return freshToken(grant, resource) ?? refreshNow(grant, resource, save, claims)
  }

  async function refreshNow(
    grant: Grant,
    resource: Resource,
    save: SaveGrant,
    claims: string | undefined,
  ): Promise<AccessToken> {
    try {
      return await ask(grant, resource, save, claims)
    } catch (error) {
      if (!(error instanceof AskedInVain)) throw error
      const newest = await vault.read(grant.id)
      if (signalOf(error.cause) !== 'failed-sign-in' || newest.refreshToken.equals(grant.refreshToken)) {
        throw await learn(newest, grant, error.cause, save, claims)
      }
      // A newer one is there after all, such as of a person who signed in again just now: try that one, once.
      const token = freshToken(newest, resource)
      if (token) return token
      return await ask(newest, resource, save, claims).catch(async (again: unknown) => {
        throw again instanceof AskedInVain
          ? await learn(await vault.read(grant.id), newest, again.cause, save, claims)
          : again
      })
    }
  }

  /** One request. @throws {AskedInVain} when it brought no token */
  async function ask(
    grant: Grant,
    resource: Resource,
    save: SaveGrant,
    claims: string | undefined,
  ): Promise<AccessToken> {
    const begun = await vault.begin(grant, grant.refreshBegunAt ?? clock.now())
    const startedAt = performance.now()
    const answer = await endpoint.refresh(begun, resource, claims).catch((error: unknown) => {
      throw error instanceof AppError ? new AskedInVain(error) : error
    })
    const ms = Math.round(performance.now() - startedAt)
    const now = clock.now()
    const { refreshToken, scopesGranted, authority, cloud } = answer
    const accessToken = answer.accessToken && {
      ...answer.accessToken,
      refreshDueAt: refreshAheadOf(answer.accessToken, now, random),
      claims,
    }
    // Also when the access token is good for nothing: the refresh token that came with it may be the only one left.
    await save(
      {
        ...afterSuccess(begun, 'refreshed', now),
        authority,
        cloud,
        scopesGranted,
        refreshDueAt: dailyRefresh(now, random),
        accessTokens: accessToken ? { ...begun.accessTokens, [resource]: accessToken } : begun.accessTokens,
        ...(refreshToken === undefined
          ? {}
          : { refreshToken, refreshTokenAt: now, refreshTokenEndsAt: answer.refreshTokenEndsAt }),
      },
      { resource, ms },
    )
    if (!accessToken) throw new AppError('tokens.scope_not_granted')
    return accessToken
  }

  /** What the failure says is saved with the grant; the error comes back with the words that are right for it. */
  async function learn(
    newest: Grant,
    before: Grant,
    failure: AppError,
    save: SaveGrant,
    claims: string | undefined,
  ): Promise<AppError> {
    const error = before.refreshBegunAt === undefined ? await named(failure, newest) : lostInFlight(failure)
    // Whoever was not answered does not know whether Microsoft went ahead; whoever was, knows what was known before.
    const refreshBegunAt = isUnclear(failure) ? newest.refreshBegunAt : before.refreshBegunAt
    const asked = { ...newest, refreshBegunAt, signInClaims: claims ?? newest.signInClaims }
    await save(afterFailure(asked, error, clock.now(), random))
    return error
  }

  /** Microsoft may have replaced a refresh token after the backup in which we have it. */
  async function named(failure: AppError, { refreshTokenAt }: Grant): Promise<AppError> {
    const restored = signalOf(failure) === 'failed-sign-in' ? await restoredAt() : undefined
    return restored && refreshTokenAt <= restored ? fromBackup(failure) : failure
  }

  function freshToken({ accessTokens, ended, stateReason }: Grant, resource: Resource): AccessToken | undefined {
    // One that could not be opened and now is: the key file was put back, and Microsoft never ended it.
    if (ended && stateReason !== 'tokens.grant_unreadable') throw endedError(stateReason, ended.upstream)
    const token = accessTokens[resource]
    if (!token) return undefined
    return token.expiresAt.getTime() - clock.now().getTime() >= MIN_LIFETIME_MS ? token : undefined
  }

  return { get, discard, refreshDue }
}

/** The token endpoint gave no token, or was not even asked. */
class AskedInVain extends Error {
  override readonly cause: AppError

  constructor(cause: AppError) {
    super(cause.message, { cause })
    this.cause = cause
  }
}

/** The reason may be of a version that knew other codes. */
function endedError(reason: string | undefined, upstream: AppError['upstream']): AppError {
  return new AppError(knownCode(reason, 'tokens.grant_ended'), { upstream })
}
