/**
 * Access tokens of the application itself (client credentials), for mailboxes opened without a person.
 *
 * 1. One request at a time per cloud provider, tenant and resource, in this process and across processes.
 * 2. A token is stored before it is returned, and returned until shortly before it expires. There is no refresh token:
 *    the credential of the application is used again.
 * 3. A token is returned only for its own resource and tenant.
 *
 * @see RFC 6749 §4.4
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { CloudProviders, Resource } from '../cloud-providers/index.ts'
import { createRowCache, type Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Secret } from '../kernel/secret.ts'
import { MIN_LIFETIME_MS } from './access-tokens.ts'
import { claimsParameter } from './claims.ts'
import type { RequestToken } from './client-requests.ts'
import { tokenError } from './token-errors.ts'

/** Identity of a token: provider, tenant and resource. */
export interface ApplicationPrincipal {
  cloudProviderId: CloudProviderId
  /** Organization of the mailboxes. The token opens no others. */
  tenantId: string
  resource: Resource
}

export interface ApplicationToken {
  value: Secret
  resource: Resource
  expiresAt: Date
}

/** Fields of an application token; undefined for an unreadable token. */
export interface ApplicationInTenant {
  /** Object ID of the enterprise application, which Exchange requires. */
  objectId: string | undefined
  /**
   * Permissions that an admin granted for the whole tenant. Those limited to mailboxes in Exchange are not included.
   */
  roles: readonly string[] | undefined
}

export interface ApplicationTokens {
  /** @throws {AppError} `cloud_providers.…` and `tokens.…` with their remedy, which is never a person's sign-in */
  get(principal: ApplicationPrincipal): Promise<ApplicationToken>
  /** As {@link AccessTokens.discard}. */
  discard(principal: ApplicationPrincipal, token: ApplicationToken, claims?: string): Promise<void>
  /** Fields of the newest token; requests one if there is none. Only for display. */
  inTenant(principal: ApplicationPrincipal): Promise<ApplicationInTenant>
  /** Keeps tokens in memory until a process replaces or discards one. Before, each is read. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface ApplicationTokensDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  cloudProviders: Pick<CloudProviders, 'get' | 'cloudOf' | 'authorityOf'>
  requestToken: RequestToken
}

export function createApplicationTokens(deps: ApplicationTokensDeps): ApplicationTokens {
  const { database, keyRing, clock, cloudProviders, requestToken } = deps
  const { db } = database
  const asking = new Map<string, Promise<ApplicationToken>>()
  const kept = createRowCache<ApplicationToken | undefined>(database, 'application_tokens')

  const nameOf = ({ cloudProviderId, tenantId, resource }: ApplicationPrincipal) =>
    `${cloudProviderId}:${tenantId}:${resource}`
  const contextOf = (principal: ApplicationPrincipal) => `application_tokens.sealed:${nameOf(principal)}`

  async function get(principal: ApplicationPrincipal): Promise<ApplicationToken> {
    const token = await kept.get(nameOf(principal), () => fresh(principal))
    return token && lasts(token.expiresAt) ? token : join(principal)
  }

  function join(principal: ApplicationPrincipal): Promise<ApplicationToken> {
    const name = nameOf(principal)
    const running = asking.get(name)
    if (running) return running
    // Checks again under the lock: another process may have requested a token meanwhile.
    const started = exclusively(principal, async () => (await fresh(principal)) ?? ask(principal)).finally(() =>
      asking.delete(name),
    )
    asking.set(name, started)
    return started
  }

  const exclusively = <T>(principal: ApplicationPrincipal, work: () => Promise<T>): Promise<T> =>
    database.withLock(`application-token:${nameOf(principal)}`, work).finally(kept.forget)

  const lasts = (expiresAt: Date) => expiresAt.getTime() - clock.now().getTime() >= MIN_LIFETIME_MS

  const rowOf = ({ cloudProviderId, tenantId, resource }: ApplicationPrincipal) =>
    db
      .selectFrom('application_tokens')
      .selectAll()
      .where('cloud_provider_id', '=', cloudProviderId)
      .where('tenant_id', '=', tenantId)
      .where('resource', '=', resource)
      .executeTakeFirst()

  async function fresh(principal: ApplicationPrincipal): Promise<ApplicationToken | undefined> {
    const row = await rowOf(principal)
    if (!row || !lasts(row.expires_at)) return undefined
    try {
      const value = keyRing.open({ sealed: row.sealed, keyId: row.key_id }, contextOf(principal))
      return { value, resource: principal.resource, expiresAt: row.expires_at }
    } catch (error) {
      // An unreadable token is no loss: a new one is requested and replaces it.
      if (error instanceof AppError) return undefined
      throw error
    }
  }

  async function ask(principal: ApplicationPrincipal, claims?: string): Promise<ApplicationToken> {
    const { cloudProviderId, tenantId, resource } = principal
    const provider = await cloudProviders.get(cloudProviderId)
    const askedAt = clock.now()
    const form = {
      grant_type: 'client_credentials',
      scope: `${cloudProviders.cloudOf(provider).scopePrefixes[resource]}.default`,
      claims: claimsParameter(claims),
    }
    // Never `common` or `organizations`: an application signs in to one tenant.
    const authority = cloudProviders.authorityOf(provider, tenantId)
    const answer = await requestToken({ provider, authority, form, tenantId })
    if (!answer.ok) throw tokenError(answer.upstream, 'application')
    const { accessToken: value, expiresInSeconds } = answer.tokens
    const expiresAt = new Date(askedAt.getTime() + expiresInSeconds * 1000)
    await keep(principal, value, expiresAt)
    return { value, resource, expiresAt }
  }

  async function keep(principal: ApplicationPrincipal, value: Secret, expiresAt: Date): Promise<void> {
    const { cloudProviderId, tenantId, resource } = principal
    const { sealed, keyId } = keyRing.seal(value, contextOf(principal))
    const { objectId, roles } = shownBy(value)
    const values = {
      sealed,
      key_id: keyId,
      object_id: objectId ?? null,
      roles: roles ? [...roles] : null,
      expires_at: expiresAt,
    }
    await db
      .insertInto('application_tokens')
      .values({ cloud_provider_id: cloudProviderId, tenant_id: tenantId, resource, ...values })
      .onConflict((conflict) => conflict.columns(['cloud_provider_id', 'tenant_id', 'resource']).doUpdateSet(values))
      .execute()
  }

  async function discard(principal: ApplicationPrincipal, token: ApplicationToken, claims?: string): Promise<void> {
    await exclusively(principal, async () => {
      const stored = await fresh(principal)
      // A slow caller may report a token that was replaced long ago; the new one must stay.
      if (stored && !stored.value.equals(token.value)) return
      if (claims !== undefined) {
        await ask(principal, claims)
        return
      }
      const { cloudProviderId, tenantId, resource } = principal
      await db
        .deleteFrom('application_tokens')
        .where('cloud_provider_id', '=', cloudProviderId)
        .where('tenant_id', '=', tenantId)
        .where('resource', '=', resource)
        .execute()
    })
  }

  return {
    get,
    discard,
    start: () => kept.start(),
    stop: () => kept.stop(),
    async inTenant(principal) {
      await get(principal)
      const row = await rowOf(principal)
      return { objectId: row?.object_id ?? undefined, roles: row?.roles ?? undefined }
    },
  }
}

const Shown = z.object({ oid: z.uuid().optional().catch(undefined), roles: z.array(z.string()).max(200).default([]) })

/** Parses a token for display. Its format belongs to the resource; Microsoft's are JWTs so far. */
function shownBy(value: Secret): ApplicationInTenant {
  try {
    const { oid, roles } = Shown.parse(decodeJwt(value.reveal()))
    return { objectId: oid, roles }
  } catch {
    return { objectId: undefined, roles: undefined }
  }
}
