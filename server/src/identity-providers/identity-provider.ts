import type { CloudProviderId, IdentityProviderId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Role } from '../people/index.ts'

/** Users who join the team at their first sign-in: only invited ones, those with a claim, or a domain after approval. */
export const ADMISSIONS = ['invited', 'claim', 'domain'] as const
export type AdmissionKind = (typeof ADMISSIONS)[number]

/** Maximum number of providers, and of values and domains of one. */
export const MAX_IDENTITY_PROVIDERS = 20
export const MAX_ADMISSION_VALUES = 20

/** Rules by which users without a linked identity are admitted. */
export interface AdmissionRules {
  kind: AdmissionKind
  /** Claim of the ID token whose values decide the role, such as `groups` or `roles`. */
  claim?: string | undefined
  adminValues?: readonly string[] | undefined
  agentValues?: readonly string[] | undefined
  /** Domains of verified addresses, in lower case. */
  domains?: readonly string[] | undefined
}

/** Rules as stored: lists that don't belong to their kind are empty. */
export type StoredAdmission = Pick<AdmissionRules, 'kind' | 'claim'> &
  Readonly<Record<'adminValues' | 'agentValues' | 'domains', readonly string[]>>

/** An OpenID Connect provider by which people sign in to Postkey. */
export interface IdentityProvider {
  id: IdentityProviderId
  name: string
  kind: 'microsoft' | 'openid'
  /** The registration that is used, if it is that of a Cloud Provider. */
  cloudProviderId: CloudProviderId | undefined
  issuer: string
  clientId: string
  /** The Microsoft tenant whose users sign in. */
  tenantId: string | undefined
  redirectUri: string
  admission: StoredAdmission
  isEnabled: boolean
  createdAt: Date
}

/** The client at the provider: the registration of a Cloud Provider, or a separate one. */
export type ClientAtProvider =
  { cloudProviderId: CloudProviderId } | { issuer: string; clientId: string; clientSecret: Secret }

export interface NewIdentityProvider {
  /** Chosen by the caller who needs the redirect URI before the client exists. */
  id?: IdentityProviderId | undefined
  name: string
  client: ClientAtProvider
  admission: AdmissionRules
}

/** Changes. Issuer and client ID identify the provider and stay. */
export interface IdentityProviderChanges {
  name?: string | undefined
  clientSecret?: Secret | undefined
  admission?: AdmissionRules | undefined
  isEnabled?: boolean | undefined
}

/** The identity of a user at a provider, from a validated ID token. */
export interface ProvenIdentity {
  /** `tid/oid` of Microsoft, issuer and `sub` of others. */
  subject: string
  /** Only for display. */
  userName: string
  displayName: string
  /** Address that the provider has verified. */
  verifiedEmail: string | undefined
  /** Role by the admission rules; undefined without a matching value. */
  role: Role | undefined
  /** Time of the authentication, if the provider states it. */
  authenticatedAt: Date | undefined
}
