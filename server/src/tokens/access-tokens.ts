/**
 * Access tokens that are always valid and never refreshed concurrently.
 *
 * Every component that sends requests to a mail server gets its token here. This file guarantees to its callers:
 *
 * 1. One refresh at a time per grant, in this process and across processes. Servers that rotate refresh tokens treat a
 *    second use of an old one as theft and end the grant (RFC 9700 §4.14).
 * 2. A refresh token is stored before the access token from the same response is returned, so it can't get lost.
 * 3. No requests are sent for an ended grant. Callers get the same error without a network call until a person signs
 *    in. A grant ends only if the rejected refresh token is still the newest.
 * 4. A token is returned only for its own resource.
 * 5. Each refresh result changes the state of the grant, in the transaction that saves it.
 * 6. If a process crashes between Microsoft's response and the save, the grant shows this as the reason: it was no
 *    theft.
 *
 * The lock is held for one request to the token endpoint, or two if an older credential is tried. Each request has a
 * time limit.
 */
import type { Resource } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, knownCode } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import { parseChallenge } from './claims.ts'
import { afterFailure, afterSuccess, toSignal } from './grant-states.ts'
import type { GrantVault, SaveGrant } from './grant-vault.ts'
import type { AccessToken, Grant, KeptTokens } from './grant.ts'
import { dailyRefresh, chooseRefreshTime } from './refresh-times.ts'
import { fromBackup, isUnclear, lostInFlight } from './token-errors.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** Minimum lifetime of a returned token, which exceeds the longest single request made with it. */
export const MIN_LIFETIME_MS = 2 * 60 * 1000

export interface AccessTokens {
  /**
   * Returns a token valid for at least {@link MIN_LIFETIME_MS}.
   *
   * @throws {AppError} `tokens.grant_ended` or a more specific code when a person has to sign in, otherwise `tokens.…`
   *   and `cloud_providers.…` with their remedy
   */
  get(id: GrantId, resource: Resource): Promise<AccessToken>

  /**
   * Reports that a resource server refused `token`; the next `get` returns a different one. With `claims` required by
   * the server (continuous access evaluation), refreshes at once, because only this caller has the claims.
   */
  discard(id: GrantId, resource: Resource, token: AccessToken, claims?: string): Promise<void>
}

/** Background refresh of grants that no caller uses at the moment. */
export interface KeptFresh extends AccessTokens {
  /** Refreshes all due resources, or one if only the daily refresh is due: an unused grant would expire. */
  refreshDue(id: GrantId): Promise<void>
}

export interface AccessTokensDeps {
  vault: GrantVault
  endpoint: TokenEndpoint
  clock: Clock
  random?: () => number
  /** Time at which a restored backup was detected; `undefined` if there was none. */
  restoredAt?: (() => Promise<Date | undefined>) | undefined
  /** Returns a grant as last stored by any process. Default: reads it. */
  readKept?: (id: GrantId) => Promise<KeptTokens>
}

export function createAccessTokens(deps: AccessTokensDeps): KeptFresh {
  const { vault, endpoint, clock, random = Math.random, restoredAt = () => Promise.resolve(undefined) } = deps
  const { readKept = (id: GrantId) => vault.read(id) } = deps
  // Callers in this process share one refresh, so that they take the lock once. Correctness across processes depends on
  // the lock, not on this map.
  const refreshing = new Map<string, Promise<AccessToken>>()

  async function get(id: GrantId, resource: Resource): Promise<AccessToken> {
    const grant = await readKept(id)
    return freshToken(grant, resource) ?? joinRefresh(id, resource)
  }

  async function discard(id: GrantId, resource: Resource, token: AccessToken, challenge?: string): Promise<void> {
    const claims = parseChallenge(challenge)
    await vault.exclusively(id, async (grant, save) => {
      const stored = grant.accessTokens[resource]
      // A slow caller may report a token that was replaced long ago; the new one must stay.
      if (stored && !stored.value.equals(token.value)) return
      const { [resource]: _refused, ...others } = grant.accessTokens
      const without = stored ? await save({ ...grant, accessTokens: others }) : grant
      if (claims === undefined || without.ended) return
      if (stored?.claims === claims) await challengedAgain(without, save, claims)
      // Under the same lock, because a refresh without the claims would return a token that is refused again.
      await refresh(without, resource, save, claims)
    })
  }

  /** A token issued for this challenge was refused with it again. A further refresh can't help; a sign-in may. */
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
    // Checks again: another process may have refreshed during the wait for the lock.
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
      if (toSignal(error.cause) !== 'failed-sign-in' || newest.refreshToken.equals(grant.refreshToken)) {
        throw await learn(newest, grant, error.cause, save, claims)
      }
      // A newer refresh token exists, for example from a sign-in just now. Tries it once.
      const token = freshToken(newest, resource)
      if (token) return token
      return await ask(newest, resource, save, claims).catch(async (again: unknown) => {
        throw again instanceof AskedInVain
          ? await learn(await vault.read(grant.id), newest, again.cause, save, claims)
          : again
      })
    }
  }

  /** Sends one refresh request. @throws {AskedInVain} if it returned no token */
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
      refreshDueAt: chooseRefreshTime(answer.accessToken, now, random),
      claims,
    }
    // Saved even if the access token is unusable, because this refresh token may be the only valid one.
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

  /** Saves the failure with the grant and returns the specific error for it. */
  async function learn(
    newest: Grant,
    before: Grant,
    failure: AppError,
    save: SaveGrant,
    claims: string | undefined,
  ): Promise<AppError> {
    const error = before.refreshBegunAt === undefined ? await named(failure, newest) : lostInFlight(failure)
    // Without a response, Microsoft may have processed the request. With a response, the earlier state of knowledge
    // applies.
    const refreshBegunAt = isUnclear(failure) ? newest.refreshBegunAt : before.refreshBegunAt
    const asked = { ...newest, refreshBegunAt, signInClaims: claims ?? newest.signInClaims }
    await save(afterFailure(asked, error, clock.now(), random))
    return error
  }

  /** Replaces the error if the refresh token comes from a backup: Microsoft may have replaced it after the backup. */
  async function named(failure: AppError, { refreshTokenAt }: Grant): Promise<AppError> {
    const restored = toSignal(failure) === 'failed-sign-in' ? await restoredAt() : undefined
    return restored && refreshTokenAt <= restored ? fromBackup(failure) : failure
  }

  function freshToken({ accessTokens, ended, stateReason }: KeptTokens, resource: Resource): AccessToken | undefined {
    // A grant that was unreadable and is readable again: the key file was restored, and Microsoft never ended the
    // grant.
    if (ended && stateReason !== 'tokens.grant_unreadable') throw endedError(stateReason, ended.upstream)
    const token = accessTokens[resource]
    if (!token) return undefined
    return token.expiresAt.getTime() - clock.now().getTime() >= MIN_LIFETIME_MS ? token : undefined
  }

  return { get, discard, refreshDue }
}

/** The token endpoint returned no token, or no request was possible. */
class AskedInVain extends Error {
  override readonly cause: AppError

  constructor(cause: AppError) {
    super(cause.message, { cause })
    this.cause = cause
  }
}

/** Creates the error of an ended grant. The stored reason may be from a version with other codes. */
function endedError(reason: string | undefined, upstream: AppError['upstream']): AppError {
  return new AppError(knownCode(reason, 'tokens.grant_ended'), { upstream })
}
