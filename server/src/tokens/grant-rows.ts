import type { Selectable, Updateable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { Grant, GrantSummary } from './grant.ts'
import { expiresUnusedAt } from './refresh-times.ts'

export type GrantRow = Selectable<Schema['grants']>

/** Tenant of all personal accounts, which belong to no organization. */
const PERSONAL_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad'

export const isPersonalAccount = (tenantId: string): boolean => tenantId === PERSONAL_ACCOUNTS

/** Builds the summary without decrypting anything. */
export function toGrantSummary(row: GrantRow): GrantSummary {
  return {
    id: row.id,
    cloudProviderId: row.cloud_provider_id,
    tenantId: row.tenant_id,
    objectId: row.object_id,
    userName: row.user_name,
    displayName: row.display_name,
    scopesRequested: row.scopes_wanted,
    scopesGranted: row.scopes_granted,
    refreshTokenAt: row.refresh_token_at,
    expiresUnusedAt: expiresUnusedAt(row.refresh_token_at, row.refresh_token_ends_at ?? undefined),
    createdAt: row.created_at,
    isPersonal: isPersonalAccount(row.tenant_id),
    cloud: row.cloud ?? undefined,
    authority: row.authority ?? undefined,
    state: row.state,
    stateReason: row.state_reason ?? undefined,
    stateSince: row.state_since,
    nextTryAt: row.next_try_at ?? undefined,
    ended:
      row.ended_at === null
        ? undefined
        : { at: row.ended_at, upstream: (row.ended_upstream ?? undefined) as Upstream | undefined },
  }
}

/** A grant without its tokens. */
export type GrantWithoutTokens = Omit<Grant, 'refreshToken' | 'accessTokens'>

export function withoutTokens(row: GrantRow): GrantWithoutTokens {
  return {
    ...toGrantSummary(row),
    refreshTokenEndsAt: row.refresh_token_ends_at ?? undefined,
    attempts: row.attempts,
    refreshDueAt: row.refresh_due_at,
    refreshBegunAt: row.refresh_begun_at ?? undefined,
    signInClaims: row.sign_in_claims ?? undefined,
    version: row.version,
  }
}

/** Columns written by a save, except the sealed token. Owner and creation date never change. */
export function toColumns(grant: GrantWithoutTokens) {
  return {
    user_name: grant.userName,
    display_name: grant.displayName,
    scopes_wanted: [...grant.scopesRequested],
    scopes_granted: [...grant.scopesGranted],
    refresh_token_at: grant.refreshTokenAt,
    refresh_token_ends_at: grant.refreshTokenEndsAt ?? null,
    ended_at: grant.ended?.at ?? null,
    ended_upstream: grant.ended?.upstream ? JSON.stringify(grant.ended.upstream) : null,
    cloud: grant.cloud ?? null,
    authority: grant.authority ?? null,
    state: grant.state,
    state_reason: grant.stateReason ?? null,
    state_since: grant.stateSince,
    next_try_at: grant.nextTryAt ?? null,
    attempts: grant.attempts,
    refresh_due_at: grant.refreshDueAt,
    refresh_begun_at: grant.refreshBegunAt ?? null,
    sign_in_claims: grant.signInClaims ?? null,
  } satisfies Updateable<Schema['grants']>
}
