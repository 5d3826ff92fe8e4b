/**
 * Sign-in to Postkey by OpenID Connect: providers with their clients, sign-ins in progress, linked identities, and the
 * admission of new people.
 *
 * Owns the tables `identity_providers`, `linked_identities`, `openid_sign_ins` and `admission_requests`. Used by `http`.
 */
export {
  createIdentityProviders,
  type IdentityProviders,
  type IdentityProvidersDeps,
  type IdentityProvidersRoom,
  type ProviderActor,
} from './create-identity-providers.ts'
export {
  ADMISSIONS,
  MAX_ADMISSION_VALUES,
  type AdmissionRules,
  type ClientAtProvider,
  type IdentityProvider,
  type IdentityProviderChanges,
  type NewIdentityProvider,
} from './identity-provider.ts'
export type { AdmissionRequest } from './admission.ts'
export type { LinkedIdentity } from './linked-identities.ts'
export type { CompletedOpenIdSignIn, NewOpenIdSignIn, OpenIdSignIns } from './openid-sign-ins.ts'
