/**
 * Access tokens that are always fresh and never refreshed twice at once.
 *
 * Whatever talks to a mail server gets its token here. Four promises are kept in this file so that no caller has to
 * think of them:
 *
 * 1. One refresh at a time per grant, in this process and across processes. Servers that rotate refresh tokens read a
 *    second use of an old one as theft and end the grant (RFC 9700 §4.14).
 * 2. A refresh token is stored before the access token that came with it is handed out, so nothing done with the one
 *    can lose the other.
 * 3. An ended grant is not asked about again. Callers get the same error, without a network call, until a person signs
 *    in. And it is ended only when the refresh token that was refused is still the newest.
 * 4. A token is handed out for its own resource and no other.
 *
 * How long the lock may be held: for one request to the token endpoint, two when an older credential is tried, each with
 * its own limit of time.
 */
import type { Resource } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { GrantVault, SaveGrant } from './grant-vault.ts'
import type { AccessToken, Grant } from './grant.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** A token is handed out only if it outlives the longest single request that is made with it. */
export const MIN_LIFETIME_MS = 2 * 60 * 1000

export interface AccessTokens {
  /**
   * @throws {AppError} `tokens.grant_ended` (somebody has to sign in), `tokens.…` and `cloud_providers.…` by their remedy
   */
  get(id: GrantId, resource: Resource): Promise<AccessToken>

  /**
   * Reports that a resource server refused `token`; the next `get` brings a different one. With `claims` that the server
   * wants in it (continuous access evaluation) it is asked for at once, since nobody else knows of them.
   */
  discard(id: GrantId, resource: Resource, token: AccessToken, claims?: string): Promise<void>
}

export function createAccessTokens(vault: GrantVault, endpoint: TokenEndpoint, clock: Clock): AccessTokens {
  // Callers in this process share one refresh, so that a busy mailbox waits for the lock once and not once per caller.
  // Correctness across processes is the lock's work, not this map's.
  const refreshing = new Map<string, Promise<AccessToken>>()

  async function get(id: GrantId, resource: Resource): Promise<AccessToken> {
    const grant = await vault.read(id)
    return freshToken(grant, resource) ?? joinRefresh(id, resource)
  }

  async function discard(id: GrantId, resource: Resource, token: AccessToken, claims?: string): Promise<void> {
    await vault.exclusively(id, async (grant, save) => {
      const stored = grant.accessTokens[resource]
      // A slow caller may report a token that was replaced long ago; the new one is innocent.
      if (stored && !stored.value.equals(token.value)) return
      const { [resource]: _refused, ...others } = grant.accessTokens
      const without = stored ? await save({ ...grant, accessTokens: others }) : grant
      // Under the same lock: a refresh without the claims would bring one that is refused again.
      if (claims !== undefined) await refresh(without, resource, save, claims)
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
    const token = freshToken(grant, resource)
    if (token) return token

    try {
      return await refreshAndSave(grant, resource, save, claims)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'tokens.grant_ended') throw error
      const newest = await vault.read(grant.id)
      // A newer one is there after all, such as of a person who signed in again just now: try that one, once.
      if (!newest.refreshToken.equals(grant.refreshToken)) {
        return freshToken(newest, resource) ?? (await refreshAndSave(newest, resource, save, claims))
      }
      await save({ ...newest, ended: { at: clock.now(), upstream: error.upstream } })
      throw error
    }
  }

  async function refreshAndSave(
    grant: Grant,
    resource: Resource,
    save: SaveGrant,
    claims: string | undefined,
  ): Promise<AccessToken> {
    const { accessToken, refreshToken, scopesGranted } = await endpoint.refresh(grant, resource, claims)
    await save({
      ...grant,
      scopesGranted,
      accessTokens: { ...grant.accessTokens, [resource]: accessToken },
      ...(refreshToken === undefined ? {} : { refreshToken, refreshTokenAt: clock.now() }),
    })
    return accessToken
  }

  function freshToken({ accessTokens, ended }: Grant, resource: Resource): AccessToken | undefined {
    if (ended) throw new AppError('tokens.grant_ended', { upstream: ended.upstream })
    const token = accessTokens[resource]
    if (!token) return undefined
    return token.expiresAt.getTime() - clock.now().getTime() >= MIN_LIFETIME_MS ? token : undefined
  }

  return { get, discard }
}
