import type { Generated } from 'kysely'
import type {
  AuthorizationId,
  CloudProviderId,
  DeviceSignInId,
  EmailAccountId,
  GrantId,
  PrincipalRequestId,
  SignInLinkId,
} from '../../kernel/ids.ts'
import type { OptionalJson } from './columns.ts'

export interface GrantsTable {
  id: GrantId
  cloud_provider_id: CloudProviderId
  tenant_id: string
  object_id: string
  user_name: string
  display_name: string
  scopes_wanted: string[]
  scopes_granted: string[]
  refresh_token: Buffer
  key_id: string
  refresh_token_at: Date
  refresh_token_ends_at: Date | null
  ended_at: Date | null
  ended_upstream: OptionalJson
  version: Generated<number>
  created_at: Date
  cloud: string | null
  authority: string | null
  state: Generated<'connected' | 'degraded' | 'needs-sign-in' | 'needs-admin'>
  state_reason: string | null
  state_since: Generated<Date>
  next_try_at: Date | null
  attempts: Generated<number>
  refresh_due_at: Generated<Date>
  refresh_begun_at: Date | null
  refresh_claimed_until: Date | null
  sign_in_claims: string | null
}

export interface AccessTokensTable {
  grant_id: GrantId
  resource: 'graph' | 'exchange'
  sealed: Buffer
  key_id: string
  scope: string[]
  expires_at: Date
  refresh_due_at: Date | null
  claims: string | null
}

/** Access tokens of the application itself. */
export interface ApplicationTokensTable {
  cloud_provider_id: CloudProviderId
  tenant_id: string
  resource: 'graph' | 'exchange'
  sealed: Buffer
  key_id: string
  object_id: string | null
  roles: string[] | null
  expires_at: Date
}

export interface AuthorizationsTable {
  id: AuthorizationId
  state_hash: Buffer
  session_hash: Buffer
  cloud_provider_id: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  code_verifier: Buffer
  key_id: string
  nonce_hash: Buffer
  redirect_uri: string
  scopes_wanted: string[]
  wanted_address: string | null
  reconnect_grant_id: GrantId | null
  wanted_kind: 'user' | 'shared' | null
  started_by: string
  expires_at: Date
  consumed_at: Date | null
  outcome: OptionalJson
  sign_in_link_id: SignInLinkId | null
  authority: string | null
  proves_consent: Generated<boolean>
}

export interface SignInLinksTable {
  id: SignInLinkId
  token_hash: Buffer
  cloud_provider_id: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  wanted_address: string | null
  reconnect_grant_id: GrantId | null
  created_by: string
  created_at: Date
  expires_at: Date
  revoked_at: Date | null
  used_at: Date | null
  used_by: string | null
  consent_reported_at: Date | null
  is_hosted: Generated<boolean>
}

export interface PrincipalRequestsTable {
  id: PrincipalRequestId
  email_account_id: EmailAccountId
  expected_grant_id: GrantId
  cloud_provider_id: CloudProviderId
  tenant_id: string
  object_id: string
  user_name: string
  display_name: string
  scopes_wanted: string[]
  scopes_granted: string[]
  refresh_token: Buffer
  key_id: string
  refresh_token_at: Date
  started_by: string
  created_at: Date
  expires_at: Date
}

export interface DeviceCodeAllowancesTable {
  cloud_provider_id: CloudProviderId
  allowed_by: string
  allowed_at: Date
}

export interface DeviceSignInsTable {
  id: DeviceSignInId
  cloud_provider_id: CloudProviderId
  session_hash: Buffer
  authority: string
  device_code: Buffer
  key_id: string
  user_code: string
  verification_uri: string
  interval_seconds: number
  scopes_wanted: string[]
  wanted_address: string
  wanted_kind: 'user' | 'shared' | null
  reconnect_grant_id: GrantId | null
  sign_in_link_id: SignInLinkId | null
  started_by: string
  created_at: Date
  expires_at: Date
  due_at: Date | null
  outcome: OptionalJson
}
