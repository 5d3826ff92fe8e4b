import type { FastifyInstance } from 'fastify'
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Settings } from '../kernel/settings.ts'
import type { Directory } from '../tenants/index.ts'
import { createErrors, type Errors } from './aadsts.ts'
import type { AccessTokenVerifier } from './access-token-claims.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createMfaCheck } from './authenticator.ts'
import { createClientAuthentication } from './client-authentication.ts'
import { createClientCredentialsGrant } from './client-credentials.ts'
import { createClients } from './clients.ts'
import { createCodeRedemption } from './code-redemption.ts'
import { createConsent } from './consent.ts'
import { createDeviceCodeRedemption } from './device-code-redemption.ts'
import { createDeviceCodes } from './device-codes.ts'
import { createDeviceEndpoint } from './device-endpoint.ts'
import { createEntraSite } from './entra-site.ts'
import { createErrorAnswers } from './error-answers.ts'
import { createGrants } from './grants.ts'
import { createIntrospection, type IntrospectionCredentials } from './introspection.ts'
import { createLogout } from './logout.ts'
import { createRefreshing } from './refresh-token-grant.ts'
import { createSignIn } from './sign-in.ts'
import { createSignInRequests } from './sign-in-requests.ts'
import { createSignInSessions } from './sign-in-sessions.ts'
import { createSignInWalk } from './sign-in-walk.ts'
import { createSigningKeys, type KeyPair, type SigningKeys } from './signing-keys.ts'
import { createPasswordGrant } from './password-grant.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export interface EntraIdDeps {
  database: Database
  clock: Clock
  directory: Directory
  settings: Settings
  /** Receives internal errors of the sandbox. */
  report: (error: unknown) => void
  /** Active faults. */
  faults: FaultsAsked
  /** Creates the RSA keys that sign tokens; new ones by default. */
  createKeyPair?: () => KeyPair
}

export interface EntraId {
  /** All endpoints and pages; the server does not listen yet. */
  site: FastifyInstance
  /** Verifies access tokens for resources. */
  accessTokens: AccessTokenVerifier
  /** HTTP Basic credentials of `POST /introspect`, for real mail servers. */
  introspectionCredentials: IntrospectionCredentials
  /** Overrides the strings of errors. */
  errors: Errors
  /** Creates a new current signing key and keeps the old one published. */
  rotateSigningKey: SigningKeys['rotate']
}

export function createEntraId(deps: EntraIdDeps): EntraId {
  const { database, clock, directory, settings, report, faults } = deps
  const { people, applications } = directory
  const errors = createErrors(database)
  const answers = createErrorAnswers(errors, settings)
  const keys = createSigningKeys(database, clock, settings, deps.createKeyPair)
  faults.onSwitchedOn((_fault, on) => {
    if (!faults.effectOf('entra.signing-key', on, { call: 'keys' })) return
    keys.rotate('organizations')
    keys.rotate('consumers')
  })
  const clients = createClients(directory, settings, clock, faults)
  const consent = createConsent(directory)
  const grants = createGrants(database, clock)
  const devices = createDeviceCodes(database, clock)
  const accessTokens = createAccessTokens(database, clock, keys, settings, faults)
  const authentication = createClientAuthentication(applications, clock, settings, faults)
  const sessions = createSignInSessions(database, clock, people, faults)
  const signIn = createSignIn(people, clock, createMfaCheck(database, clock), faults)
  const introspection = createIntrospection(database, directory, accessTokens)

  const forPerson = {
    clock,
    settings,
    directory,
    grants,
    consent,
    keys,
    accessTokens,
    authentication,
    faults,
  }
  const tokenEndpoint = createTokenEndpoint(clients, {
    redeemCode: createCodeRedemption(forPerson),
    redeemDeviceCode: createDeviceCodeRedemption({ ...forPerson, devices }),
    refresh: createRefreshing(forPerson),
    signInByPassword: createPasswordGrant(forPerson),
    signInAsApplication: createClientCredentialsGrant({ directory, accessTokens, authentication, faults }),
  })
  const walk = createSignInWalk({
    clock,
    settings,
    directory,
    people,
    answers,
    clients,
    consent,
    grants,
    keys,
    signIn,
    sessions,
    requests: createSignInRequests(database, clock),
    devices,
    faults,
  })
  const site = createEntraSite({
    clock,
    settings,
    people,
    keys,
    answers,
    walk,
    tokenEndpoint,
    introspection,
    logout: createLogout(clients, sessions),
    grants,
    devices,
    deviceEndpoint: createDeviceEndpoint({ settings, clients, devices }),
    faults,
    report,
  })
  return {
    site,
    accessTokens,
    introspectionCredentials: introspection.credentials,
    errors,
    rotateSigningKey: (purpose) => keys.rotate(purpose),
  }
}
