import type { AuditLog } from '../audit/index.ts'
import type { AuthorizationServer, CloudProviders } from '../cloud-providers/index.ts'
import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker, type Ticker } from '../kernel/ticker.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import { type ApplicationTokens, createApplicationTokens } from './application-tokens.ts'
import type { Authorizations } from './authorization.ts'
import { createAuthorizations } from './authorizations.ts'
import { createDeviceCodeAllowances, type DeviceCodeAllowances } from './device-code-allowances.ts'
import { createDeviceSignIns, type DeviceSignIns } from './device-sign-ins.ts'
import { createGrants, type Grants } from './grants.ts'
import { createIdTokens } from './id-tokens.ts'
import type { AccessTrial, OwnershipCheck } from './access-trial.ts'
import { createKeeper } from './keeper.ts'
import { createPendingAuthorizations } from './pending-authorizations.ts'
import { createPostgresGrantVault } from './postgres-grant-vault.ts'
import { createPrincipalRequests, type PrincipalRequests } from './principal-requests.ts'
import { createSignInHooks, type SignInHooks } from './sign-in-hooks.ts'
import { createSignInCompletion, type SignInCompletionDeps } from './sign-in-completion.ts'
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts'
import { createClientRequests } from './client-requests.ts'
import { createTokenEndpoint } from './token-endpoint.ts'
import type { TokenRequests } from './token-requests.ts'
import { createUnfinishedSignIns } from './unfinished-sign-ins.ts'

/** Interval between looks for device codes that are due. Each code has an interval of its own. */
const DEVICE_CODES_EVERY_MS = 1000
/** Time limit of one round in milliseconds; each request in it has its own limit. */
const DEVICE_CODES_DEADLINE_MS = 2 * 60_000
/** Interval between attempts to finish sign-ins whose mailboxes were locked, and the time limit of one round. */
const FINISH_EVERY_MS = 5000
const FINISH_DEADLINE_MS = 2 * 60_000

export interface TokenRoom {
  authorizations: Authorizations
  grants: Grants
  /** Grants as last stored, without a query for each. */
  keptGrants: Pick<Grants, 'get'>
  accessTokens: AccessTokens
  applicationTokens: ApplicationTokens
  signInLinks: SignInLinks
  principalRequests: PrincipalRequests
  deviceCodeAllowances: DeviceCodeAllowances
  deviceSignIns: DeviceSignIns
  /** Adds work that belongs to each sign-in, in whichever flow. */
  onSignIn: SignInHooks['onSignIn']
  /** Updates the mailboxes of sign-ins that were locked when the sign-in was kept. */
  finishSignIns: () => Promise<void>
  /** Refreshes due grants. Runs between `start` and `stop`. */
  keeper: Ticker
  /** Starts refreshing due grants, polling for device codes, finishing sign-ins and keeping tokens in memory. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface TokensDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  cloudProviders: CloudProviders
  authorizationServer: AuthorizationServer
  /** `createTokenRequests`; `cloud-providers` uses the same. */
  tokenRequests: TokenRequests
  audit: AuditLog
  events: Pick<Events, 'append'>
  log: Log
  /** `${PUBLIC_URL}/oauth/callback` */
  redirectUri: string
  /** `createAccessTrial` of `transports/microsoft`. */
  tryAccess: AccessTrial
  /** `createOwnershipCheck` of `transports/microsoft`. */
  isOwnAddress: OwnershipCheck
  /** Time at which the database was restored from a backup; provided by `epoch`. */
  restoredAt?: (() => Promise<Date | undefined>) | undefined
  /** Returns the email account with this address that the grant opens. */
  emailAccountOf: SignInCompletionDeps['emailAccountOf']
}

/** Creates all parts of the room and connects them. */
export function createTokens(deps: TokensDeps): TokenRoom {
  const { database, keyRing, clock, cloudProviders, authorizationServer, tokenRequests } = deps
  const { audit, events, log, redirectUri } = deps
  const vault = createPostgresGrantVault({ database, keyRing, clock, events })
  const requestToken = createClientRequests({ cloudProviders, tokenRequests })
  const tokenEndpoint = createTokenEndpoint({ cloudProviders, requestToken, clock })
  const accessTokens = createAccessTokens({
    vault,
    endpoint: tokenEndpoint,
    clock,
    restoredAt: deps.restoredAt,
    readKept: (id) => vault.readKept(id),
  })
  const applicationTokens = createApplicationTokens({ database, keyRing, clock, cloudProviders, requestToken })
  const signInLinks = createSignInLinks({
    database,
    clock,
    cloudProviders,
    readGrant: (id) => vault.summary(id),
    audit,
    events,
    publicUrl: new URL(redirectUri).origin,
  })
  const idTokens = createIdTokens(authorizationServer, clock)
  const deviceCodeAllowances = createDeviceCodeAllowances({ database, clock, audit, cloudProviders })
  const principalRequests = createPrincipalRequests({ database, keyRing, clock, audit, events, vault, tokenEndpoint })
  const signInHooks = createSignInHooks(log)
  const { completeSignIn, proveConsent } = createSignInCompletion({
    audit,
    signInLinks,
    cloudProviders,
    vault,
    idTokens,
    clock,
    tryAccess: deps.tryAccess,
    signInHooks,
    principalRequests,
    emailAccountOf: deps.emailAccountOf,
  })
  const deviceSignIns = createDeviceSignIns({
    database,
    keyRing,
    clock,
    audit,
    cloudProviders,
    tokenRequests,
    allowances: deviceCodeAllowances,
    signInLinks,
    vault,
    tokenEndpoint,
    completeSignIn,
  })
  const { finish: finishSignIns, hook } = createUnfinishedSignIns({ database, vault, signInHooks })
  signInHooks.onSignIn(hook)
  const keeper = createKeeper({ database, clock, accessTokens, log })
  const deviceCodes = createTicker({
    name: 'tokens.device-sign-ins',
    clock,
    everyMs: DEVICE_CODES_EVERY_MS,
    deadlineMs: DEVICE_CODES_DEADLINE_MS,
    run: () => deviceSignIns.askDue(),
    onError: (err) => log.warn({ err }, 'Polling for device codes failed'),
  })
  const unfinished = createTicker({
    name: 'tokens.unfinished-sign-ins',
    clock,
    everyMs: FINISH_EVERY_MS,
    deadlineMs: FINISH_DEADLINE_MS,
    run: finishSignIns,
    onError: (err) => log.warn({ err }, 'The mailboxes of a sign-in could not be updated'),
  })
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
      clock,
      redirectUri,
      completeSignIn,
      isOwnAddress: deps.isOwnAddress,
      proveConsent,
    }),
    grants: createGrants(vault, audit),
    accessTokens,
    applicationTokens,
    keptGrants: { get: (id) => vault.keptSummary(id) },
    signInLinks,
    principalRequests,
    deviceCodeAllowances,
    deviceSignIns,
    onSignIn: signInHooks.onSignIn,
    finishSignIns: () => finishSignIns(),
    keeper,
    async start() {
      await vault.start()
      await applicationTokens.start()
      keeper.start()
      deviceCodes.start()
      unfinished.start()
    },
    async stop() {
      await Promise.all([keeper.stop(), deviceCodes.stop(), unfinished.stop(), vault.stop(), applicationTokens.stop()])
    },
  }
}
