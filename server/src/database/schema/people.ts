import type { Generated } from 'kysely'
import type {
  AdmissionRequestId,
  ApiKeyId,
  AuthenticatorAppId,
  CloudProviderId,
  EmailAccountId,
  IdentityProviderId,
  LinkedIdentityId,
  OpenIdSignInId,
  PersonLinkId,
} from '../../kernel/ids.ts'
import type { Json, Serial } from './columns.ts'

export interface UsersTable {
  id: string
  name: string
  email: string
  email_verified: boolean
  image: string | null
  role: 'admin' | 'supervisor' | 'agent' | 'auditor'
  removed_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface SessionsTable {
  id: string
  user_id: string
  token: string
  expires_at: Date
  ip_address: string | null
  user_agent: string | null
  method: 'password' | 'passkey' | 'openid' | 'link'
  second_factor: 'totp' | 'recovery-code' | null
  identity_provider_id: IdentityProviderId | null
  signed_in_at: Date
  fresh_at: Date
  last_seen_at: Date
  created_at: Date
  updated_at: Date
}

export interface SignInMethodsTable {
  id: string
  user_id: string
  provider_id: string
  account_id: string
  password: string | null
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: Date | null
  refresh_token_expires_at: Date | null
  scope: string | null
  created_at: Date
  updated_at: Date
}

export interface VerificationsTable {
  id: string
  identifier: string
  value: string
  expires_at: Date
  created_at: Date
  updated_at: Date
}

export interface MembershipsTable {
  user_id: string
  email_account_id: EmailAccountId
}

export interface PersonLinksTable {
  id: PersonLinkId
  kind: 'first-admin' | 'invitation' | 'reset'
  token_hash: Buffer
  email: string | null
  name: string | null
  role: 'admin' | 'supervisor' | 'agent' | 'auditor'
  email_account_ids: EmailAccountId[]
  user_id: string | null
  created_by: string
  created_at: Date
  expires_at: Date
  used_at: Date | null
  revoked_at: Date | null
}

export interface ApiKeysTable {
  id: ApiKeyId
  name: string
  key_hash: Buffer
  prefix: string
  scopes: string[]
  email_account_ids: EmailAccountId[] | null
  allowed_networks: string[]
  created_by: string
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}

export interface SignInAttemptsTable {
  key: string
  points: number
  expire: number | null
}

export interface ApiKeyNetworksTable {
  api_key_id: ApiKeyId
  network: string
  last_used_at: Date
}

export interface AuthenticatorAppsTable {
  id: AuthenticatorAppId
  user_id: string
  sealed: Buffer
  key_id: string
  created_at: Date
  in_use_since: Date | null
  last_step: number | null
  session_id: string | null
}

export interface RecoveryCodesTable {
  user_id: string
  code_hash: Buffer
  used_at: Date | null
}

export interface PendingSignInsTable {
  browser_hash: Buffer
  user_id: string
  method: 'password' | 'link'
  expires_at: Date
}

export interface PasskeysTable {
  id: string
  user_id: string
  name: string
  public_key: Buffer
  counter: number
  transports: string[]
  is_synced: boolean
  is_backed_up: boolean
  created_at: Date
  last_used_at: Date | null
}

export interface UsedChallengesTable {
  challenge: string
  expires_at: Date
}

export interface SignInPolicyTable {
  one: Generated<boolean>
  only_by_provider: boolean
  second_factor_for: 'no-one' | 'admins' | 'everyone'
  second_factor_from: Date | null
  admins_from: Date | null
}

export interface BreakGlassAdminsTable {
  user_id: string
}

export interface IdentityProvidersTable {
  id: IdentityProviderId
  name: string
  kind: 'microsoft' | 'openid'
  cloud_provider_id: CloudProviderId | null
  issuer: string | null
  client_id: string | null
  client_secret: Buffer | null
  key_id: string | null
  tenant_id: string | null
  admission: 'invited' | 'claim' | 'domain'
  claim: string | null
  admin_values: string[]
  agent_values: string[]
  domains: string[]
  is_enabled: boolean
  created_at: Date
  updated_at: Date
}

export interface LinkedIdentitiesTable {
  id: LinkedIdentityId
  identity_provider_id: IdentityProviderId
  subject: string
  user_id: string
  user_name: string
  admitted_by: 'person' | 'invitation' | 'claim' | 'domain'
  linked_at: Date
  last_used_at: Date | null
}

export interface OpenIdSignInsTable {
  id: OpenIdSignInId
  state_hash: Buffer
  session_hash: Buffer
  identity_provider_id: IdentityProviderId
  purpose: 'sign-in' | 'invitation' | 'link' | 'confirm'
  user_id: string | null
  session_id: string | null
  person_link_hash: Buffer | null
  redirect_uri: string
  return_to: string
  client_network: string
  sealed: Buffer
  key_id: string
  created_at: Date
  expires_at: Date
  consumed_at: Date | null
}

export interface AdmissionRequestsTable {
  id: AdmissionRequestId
  identity_provider_id: IdentityProviderId
  subject: string
  email: string
  name: string
  created_at: Date
}

export interface AuditEntriesTable {
  id: Serial
  actor: string
  action: string
  subject: string
  detail: Json
  at: Date
}
