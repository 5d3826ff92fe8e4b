import type { AuditLog } from '../audit/index.ts'
import { type CloudProvider, type CloudProviders, scopesMissing } from '../cloud-providers/index.ts'
import type { Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { AccessToTry, AccessTrial } from './access-trial.ts'
import type { FailedAuthorization } from './authorization.ts'
import { isPersonalAccount } from './grant-rows.ts'
import type { GrantSummary } from './grant.ts'
import type { IdTokens, SignedInPerson } from './id-tokens.ts'
import type { FreshGrant, KeptGrant, PostgresGrantVault } from './postgres-grant-vault.ts'
import type { WritablePrincipalRequests } from './principal-requests.ts'
import type { SignInHooks } from './sign-in-hooks.ts'
import { dailyRefresh, chooseRefreshTime } from './refresh-times.ts'
import type { SignInLink, UsableSignInLinks } from './sign-in-links.ts'
import { toExpiry, type RedeemedTokens } from './token-endpoint.ts'

/** Lifetime of refresh tokens for single-page applications, 24 hours, which use does not extend. */
const SHORT_LIFETIME_SECONDS = 24 * 60 * 60

/** Purpose of a sign-in, whatever protocol step is used at Microsoft. */
export interface WantedSignIn {
  requestedAddress: string | undefined
  scopesRequested: readonly string[]
  startedBy: string
  link: SignInLink | undefined
  /** Hash of the session of the browser in which the person signs in; a device code has none. */
  browserHash?: Uint8Array | undefined
  /** Runs in the transaction that keeps the grant. Stores the outcome, including `isUnfinished`. */
  onKept: (tx: Tx, signedIn: KeptSignIn) => Promise<void>
}

export interface KeptSignIn {
  grantId: GrantId
  person: SignedInPerson
  scopesMissing: readonly string[]
  /** True if another transaction locked a mailbox of the grant: `UnfinishedSignIns` repeats the hooks. */
  isUnfinished: boolean
}

/** Tokens and context of a completed sign-in. */
export interface SignInAnswer extends RedeemedTokens {
  provider: CloudProvider
  authority: string
  askedAt: Date
  /** The grant to renew. */
  expected: GrantSummary | undefined
  /** Hash of the nonce of the request; a device code has none. */
  nonceHash: Uint8Array | undefined
  /**
   * True for a person without a login here, who uses a link or a code and must be able to open the requested mailbox.
   */
  isBound: boolean
}

export type CompletedSignIn =
  | {
      kind: 'kept'
      kept: KeptGrant
      person: SignedInPerson
      scopesMissing: readonly string[]
      /** True if Microsoft has no mailbox with the requested address. The sign-in is valid nevertheless. */
      isAddressUnknown: boolean
    }
  | ({ kind: 'refused'; error: AppError; person: SignedInPerson; scopesMissing: readonly string[] } & Pick<
      FailedAuthorization,
      'people' | 'principalRequest'
    >)

export type CompleteSignIn = (wanted: WantedSignIn, answer: SignInAnswer) => Promise<CompletedSignIn>

/** Checks with a token that its organization granted the requested scopes; stores nothing. */
export type ProveConsent = (
  scopesRequested: readonly string[],
  answer: SignInAnswer,
) => Promise<{ person: SignedInPerson; missing: readonly string[] }>

export interface SignInCompletionDeps {
  audit: AuditLog
  signInLinks: UsableSignInLinks
  cloudProviders: CloudProviders
  vault: PostgresGrantVault
  idTokens: IdTokens
  clock: Clock
  tryAccess: AccessTrial
  signInHooks: SignInHooks
  principalRequests: WritablePrincipalRequests
  /** Returns the email account with this address that the grant opens. */
  emailAccountOf: (grantId: GrantId, address: string) => Promise<EmailAccountId | undefined>
}

/**
 * Turns tokens into a stored grant. The ID token proves the identity, and nothing is written before all checks succeed.
 * Throws if the response is unusable; a different person is a result, not an error.
 */
export function createSignInCompletion(deps: SignInCompletionDeps): {
  completeSignIn: CompleteSignIn
  proveConsent: ProveConsent
} {
  const {
    audit,
    signInLinks,
    cloudProviders,
    vault,
    idTokens,
    clock,
    tryAccess,
    signInHooks,
    principalRequests,
    emailAccountOf,
  } = deps

  async function personOf(answer: SignInAnswer): Promise<SignedInPerson> {
    const { provider, authority, nonceHash, issued } = answer
    if (!issued.idToken) {
      throw new AppError('tokens.id_token_invalid', { cause: new TypeError('no ID token in the answer') })
    }
    const { clientId } = provider
    const person = await idTokens.validate({ idToken: issued.idToken, authority, clientId, nonceHash })
    checkAccountType(provider, person)
    return person
  }

  /** Missing scopes of the token's own resource. Those of the other resource are unknown before its first refresh. */
  function missingOf(scopesRequested: readonly string[], { provider, accessToken }: SignInAnswer): string[] {
    const prefix = cloudProviders.cloudOf(provider).scopePrefixes[accessToken.resource]
    return scopesMissing(
      scopesRequested.filter((scope) => scope.startsWith(prefix)),
      accessToken.scope,
    )
  }

  const proveConsent: ProveConsent = async (scopesRequested, answer) => {
    const person = await personOf(answer)
    // Personal accounts have no admin consent.
    if (isPersonalAccount(person.tenantId)) throw new AppError('tokens.personal_account')
    return { person, missing: missingOf(scopesRequested, answer) }
  }

  const completeSignIn: CompleteSignIn = async (wanted, answer) => {
    const { provider, expected, isBound, accessToken } = answer
    const { requestedAddress, startedBy, link } = wanted
    const person = await personOf(answer)
    const { userName } = person
    const missing = missingOf(scopesOf(wanted, person), answer)
    if (expected && !isSamePerson(expected, person)) {
      const people = { signedIn: userName, expected: expected.userName }
      return {
        kind: 'refused',
        error: new AppError('tokens.other_person'),
        person,
        scopesMissing: missing,
        people,
        principalRequest: await keepRequest(wanted, expected, () => freshGrant(wanted, answer, person)),
      }
    }
    const fresh = freshGrant(wanted, answer, person)
    const address = requestedAddress ?? (link?.isHosted ? userName : undefined)
    const access = !expected && address !== undefined && { provider, userName, address, accessToken }
    const closed = access ? await (isBound ? tryAccess(access) : tryHere(access, missing)) : undefined
    // A mistyped address is not the fault of the person, who can correct it here.
    const isAddressUnknown = !isBound && closed?.code === 'transports.mailbox_not_found'
    if (closed && !isAddressUnknown) {
      const error = new AppError('tokens.mailbox_not_opened', { cause: closed, upstream: closed.upstream })
      return {
        kind: 'refused',
        error,
        person,
        scopesMissing: missing,
        people: { signedIn: userName, expected: undefined },
      }
    }
    const hooks = { areDone: true }
    const kept = await vault.keep(fresh, async (tx, { id, renewed }) => {
      const action = renewed ? 'grant.renewed' : 'grant.added'
      await audit.record(tx, { actor: startedBy, action, subject: id, detail: { userName, requestedAddress } })
      if (link) await signInLinks.use(tx, link.id, { usedBy: userName, grantId: id, browserHash: wanted.browserHash })
      hooks.areDone = await signInHooks.tryInTransaction(tx, { id, ...person })
      await wanted.onKept(tx, { grantId: id, person, scopesMissing: missing, isUnfinished: !hooks.areDone })
    })
    if (hooks.areDone) await signInHooks.afterCommit(kept.id)
    return { kind: 'kept', kept, person, scopesMissing: missing, isAddressUnknown }
  }

  /**
   * Tries the mailbox during a sign-in by an admin. Errors that prove nothing about the person's access are ignored.
   */
  async function tryHere(access: AccessToTry, scopesMissing: readonly string[]): Promise<AppError | undefined> {
    // The page lists missing permissions, and a mailbox of the other resource is tried in step D.
    if (scopesMissing.length > 0 || access.accessToken.resource !== 'graph') return undefined
    try {
      return await tryAccess(access)
    } catch (error) {
      if (error instanceof AppError && error.remedy !== 'bug') return undefined
      throw error
    }
  }

  /** Builds a grant. Throws if the sign-in would end on its own. */
  function freshGrant(
    { scopesRequested }: WantedSignIn,
    { provider, authority, askedAt, accessToken, issued }: SignInAnswer,
    person: SignedInPerson,
  ): FreshGrant {
    if (!issued.refreshToken) throw new AppError('tokens.refresh_token_missing')
    const { refreshTokenExpiresInSeconds: lifetime } = issued
    if (lifetime !== undefined && lifetime <= SHORT_LIFETIME_SECONDS) throw new AppError('tokens.refresh_token_short')
    const now = clock.now()
    return {
      cloudProviderId: provider.id,
      ...person,
      cloud: provider.cloud,
      authority: `${new URL(authority).origin}/${person.tenantId}`,
      scopesRequested: scopesOf({ scopesRequested }, person),
      scopesGranted: accessToken.scope,
      refreshToken: issued.refreshToken,
      refreshTokenAt: now,
      refreshTokenEndsAt: toExpiry(issued, askedAt),
      refreshDueAt: dailyRefresh(now, Math.random),
      createdAt: now,
      accessTokens: {
        [accessToken.resource]: { ...accessToken, refreshDueAt: chooseRefreshTime(accessToken, now, Math.random) },
      },
    }
  }

  /**
   * Stores a request to open the mailbox with this person's sign-in, which an admin can accept. Only for the mailbox of
   * this sign-in.
   */
  async function keepRequest(
    { requestedAddress, startedBy }: WantedSignIn,
    { id: expectedGrantId }: GrantSummary,
    fresh: () => FreshGrant,
  ): Promise<FailedAuthorization['principalRequest']> {
    const emailAccountId = requestedAddress && (await emailAccountOf(expectedGrantId, requestedAddress))
    if (!emailAccountId) return undefined
    try {
      const id = await principalRequests.keep(fresh(), { emailAccountId, expectedGrantId, startedBy })
      return { id, emailAccountId }
    } catch (error) {
      // A sign-in that would end on its own becomes no request; the first error is still reported.
      if (error instanceof AppError) return undefined
      throw error
    }
  }

  return { completeSignIn, proveConsent }
}

/** Checks the account type. Microsoft checks it too, but its error is less clear. */
function checkAccountType({ accountTypes, tenantId }: CloudProvider, person: SignedInPerson): void {
  if (accountTypes !== 'multitenant-and-personal' && isPersonalAccount(person.tenantId)) {
    throw new AppError('tokens.personal_account')
  }
  if (accountTypes === 'single-tenant' && person.tenantId !== tenantId) throw new AppError('tokens.wrong_tenant')
}

/**
 * Requested scopes without those for shared mailboxes if the account is personal: Microsoft never grants them there.
 */
function scopesOf({ scopesRequested }: Pick<WantedSignIn, 'scopesRequested'>, { tenantId }: SignedInPerson): string[] {
  return scopesRequested.filter((scope) => !(isPersonalAccount(tenantId) && scope.endsWith('.Shared')))
}

function isSamePerson(grant: GrantSummary, person: SignedInPerson): boolean {
  return grant.tenantId === person.tenantId && grant.objectId === person.objectId
}
