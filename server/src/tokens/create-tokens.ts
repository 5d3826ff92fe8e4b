import type { AuditLog, AuthorizationServer, CloudProviders } from '../cloud-providers/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import type { Ticker } from '../kernel/ticker.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import type { Authorizations } from './authorization.ts'
import { type AuthorizationsDeps, createAuthorizations } from './authorizations.ts'
import { createGrants, type Grants } from './grants.ts'
import { createIdTokens } from './id-tokens.ts'
import type { AccessTrial } from './access-trial.ts'
import { createKeeper } from './keeper.ts'
import { createPendingAuthorizations } from './pending-authorizations.ts'
import { createPostgresGrantVault } from './postgres-grant-vault.ts'
import { createPrincipalWishes, type PrincipalWishes } from './principal-wishes.ts'
import { createSignInLinks, type EventLog, type SignInLinks } from './sign-in-links.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export interface TokenRoom {
  authorizations: Authorizations
  grants: Grants
  accessTokens: AccessTokens
  signInLinks: SignInLinks
  wishes: PrincipalWishes
  /** Refreshes what is due though nobody asks; to be started and stopped with the process. */
  keeper: Ticker
}

export interface TokensDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  cloudProviders: CloudProviders
  authorizationServer: AuthorizationServer
  audit: AuditLog
  events: EventLog
  log: Log
  /** `${PUBLIC_URL}/oauth/callback` */
  redirectUri: string
  /** `createAccessTrial` of `email-accounts`. */
  tryAccess: AccessTrial
  /** The email account with this address that is opened by this grant. */
  emailAccountOf: AuthorizationsDeps['emailAccountOf']
}

/** The room put together. */
export function createTokens(deps: TokensDeps): TokenRoom {
  const { database, keyRing, clock, cloudProviders, authorizationServer, audit, events, log, redirectUri } = deps
  const vault = createPostgresGrantVault({ database, keyRing, clock, events })
  const tokenEndpoint = createTokenEndpoint(cloudProviders, authorizationServer, clock)
  const accessTokens = createAccessTokens({ vault, endpoint: tokenEndpoint, clock })
  const signInLinks = createSignInLinks({
    database,
    clock,
    cloudProviders,
    readGrant: (id) => vault.summary(id),
    audit,
    events,
    publicUrl: new URL(redirectUri).origin,
  })
  const wishes = createPrincipalWishes({ database, keyRing, clock, audit, events, vault, tokenEndpoint })
  return {
    authorizations: createAuthorizations({
      database,
      audit,
      signInLinks,
      cloudProviders,
      authorizationServer,
      pending: createPendingAuthorizations(database, keyRing, clock),
      vault,
      tokenEndpoint,
      idTokens: createIdTokens(authorizationServer, clock),
      clock,
      redirectUri,
      tryAccess: deps.tryAccess,
      wishes,
      emailAccountOf: deps.emailAccountOf,
    }),
    grants: createGrants(vault, audit),
    accessTokens,
    signInLinks,
    wishes,
    keeper: createKeeper({ database, clock, accessTokens, log }),
  }
}
