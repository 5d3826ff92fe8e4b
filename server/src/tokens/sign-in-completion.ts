import { type AuditLog, type CloudProvider, type CloudProviders, scopesMissing } from '../cloud-providers/index.ts'
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
import type { WritablePrincipalWishes } from './principal-wishes.ts'
import type { SignInHooks } from './sign-in-hooks.ts'
import { dailyRefresh, refreshAheadOf } from './refresh-times.ts'
import type { SignInLink, UsableSignInLinks } from './sign-in-links.ts'
import { endOf, type RedeemedTokens } from './token-endpoint.ts'

/** Refresh tokens of single-page applications live for 24 hours and are not prolonged by use. */
const SHORT_LIFETIME_SECONDS = 24 * 60 * 60

/** What a sign-in was begun for, whichever way Microsoft was asked. */
export interface WantedSignIn {
  wantedAddress: string | undefined
  scopesWanted: readonly string[]
  startedBy: string
  link: SignInLink | undefined
  /** Runs in the transaction that keeps the grant. */
  onKept?: (tx: Tx, signedIn: KeptSignIn) => Promise<void>
}

export interface KeptSignIn {
  grantId: GrantId
  person: SignedInPerson
  scopesMissing: readonly string[]
}

/** What Microsoft gave for it. */
export interface SignInAnswer extends RedeemedTokens {
  provider: CloudProvider
  authority: string
  askedAt: Date
  /** Whose grant is to be renewed. */
  expected: GrantSummary | undefined
  /** Of the nonce that went along; a device code has none. */
  nonceHash: Uint8Array | undefined
  /** Whether the person signs in without a login here, by a link or a code, and has to open the wanted mailbox. */
  isBound: boolean
}

export type CompletedSignIn =
  | {
      kind: 'kept'
      kept: KeptGrant
      person: SignedInPerson
      scopesMissing: readonly string[]
      /** Microsoft has no mailbox with the wanted address. The sign-in is good all the same. */
      isAddressUnknown: boolean
    }
  | ({ kind: 'refused'; error: AppError; person: SignedInPerson; scopesMissing: readonly string[] } & Pick<
      FailedAuthorization,
      'people' | 'wish'
    >)

export type CompleteSignIn = (wanted: WantedSignIn, answer: SignInAnswer) => Promise<CompletedSignIn>

/** Reads from a token whether its organization gave what was asked for; keeps nothing. */
export type ProveConsent = (
  scopesWanted: readonly string[],
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
  wishes: WritablePrincipalWishes
  /** The email account with this address that is opened by this grant. */
  emailAccountOf: (grantId: GrantId, address: string) => Promise<EmailAccountId | undefined>
}

/**
 * From tokens to a grant that is kept. Who signed in is what the ID token proves; nothing is written before all of it is
 * right. Throws what makes the answer worthless; that somebody else signed in is a result.
 */
export function createSignInCompletion(deps: SignInCompletionDeps): {
  completeSignIn: CompleteSignIn
  proveConsent: ProveConsent
} {
  const { audit, signInLinks, cloudProviders, vault, idTokens, clock, tryAccess, signInHooks, wishes, emailAccountOf } =
    deps

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

  /** Of the other resource nothing is known before the first refresh for it. */
  function missingOf(scopesWanted: readonly string[], { provider, accessToken }: SignInAnswer): string[] {
    const prefix = cloudProviders.cloudOf(provider).scopePrefixes[accessToken.resource]
    return scopesMissing(
      scopesWanted.filter((scope) => scope.startsWith(prefix)),
      accessToken.scope,
    )
  }

  const proveConsent: ProveConsent = async (scopesWanted, answer) => {
    const person = await personOf(answer)
    // Microsoft has no admin consent for personal accounts.
    if (isPersonalAccount(person.tenantId)) throw new AppError('tokens.personal_account')
    return { person, missing: missingOf(scopesWanted, answer) }
  }

  const completeSignIn: CompleteSignIn = async (wanted, answer) => {
    const { provider, expected, isBound, accessToken } = answer
    const { wantedAddress, startedBy, link } = wanted
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
        wish: await keepWish(wanted, expected, () => freshGrant(wanted, answer, person)),
      }
    }
    const fresh = freshGrant(wanted, answer, person)
    const wantsTrial = !expected && wantedAddress !== undefined
    const access = wantsTrial && { provider, userName, address: wantedAddress, accessToken }
    const closed = access ? await (isBound ? tryAccess(access) : tryHere(access, missing)) : undefined
    // A typing error in the address is no fault of who signed in, who may correct it here.
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
    const kept = await vault.keep(fresh, async (tx, { id, renewed }) => {
      const action = renewed ? 'grant.renewed' : 'grant.added'
      await audit.record(tx, { actor: startedBy, action, subject: id, detail: { userName, wantedAddress } })
      if (link) await signInLinks.use(tx, link.id, { usedBy: userName, grantId: id })
      await signInHooks.inTransaction(tx, { id, ...person })
      await wanted.onKept?.(tx, { grantId: id, person, scopesMissing: missing })
    })
    await signInHooks.afterCommit(kept.id)
    return { kind: 'kept', kept, person, scopesMissing: missing, isAddressUnknown }
  }

  /** By an admin in this browser. What says nothing about the rights of the person costs nobody a sign-in. */
  async function tryHere(access: AccessToTry, scopesMissing: readonly string[]): Promise<AppError | undefined> {
    // The page names the permissions that are missing, and the mailbox of another resource is tried in step D.
    if (scopesMissing.length > 0 || access.accessToken.resource !== 'graph') return undefined
    try {
      return await tryAccess(access)
    } catch (error) {
      if (error instanceof AppError && error.remedy !== 'bug') return undefined
      throw error
    }
  }

  /** What a grant is made of. A sign-in that would end by itself is none. */
  function freshGrant(
    { scopesWanted }: WantedSignIn,
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
      scopesWanted: scopesOf({ scopesWanted }, person),
      scopesGranted: accessToken.scope,
      refreshToken: issued.refreshToken,
      refreshTokenAt: now,
      refreshTokenEndsAt: endOf(issued, askedAt),
      refreshDueAt: dailyRefresh(now, Math.random),
      createdAt: now,
      accessTokens: {
        [accessToken.resource]: { ...accessToken, refreshDueAt: refreshAheadOf(accessToken, now, Math.random) },
      },
    }
  }

  /** Who signed in instead may be let in by an admin, at the mailbox for which it was done, and only there. */
  async function keepWish(
    { wantedAddress, startedBy }: WantedSignIn,
    { id: expectedGrantId }: GrantSummary,
    fresh: () => FreshGrant,
  ): Promise<FailedAuthorization['wish']> {
    const emailAccountId = wantedAddress && (await emailAccountOf(expectedGrantId, wantedAddress))
    if (!emailAccountId) return undefined
    try {
      const id = await wishes.keep(fresh(), { emailAccountId, expectedGrantId, startedBy })
      return { id, emailAccountId }
    } catch (error) {
      // A sign-in that would end by itself is no wish; what happened before is told all the same.
      if (error instanceof AppError) return undefined
      throw error
    }
  }

  return { completeSignIn, proveConsent }
}

/** Who may sign in is the registration's to say; Microsoft holds it, too, and says it in fewer words. */
function checkAccountType({ accountTypes, tenantId }: CloudProvider, person: SignedInPerson): void {
  if (accountTypes !== 'multitenant-and-personal' && isPersonalAccount(person.tenantId)) {
    throw new AppError('tokens.personal_account')
  }
  if (accountTypes === 'single-tenant' && person.tenantId !== tenantId) throw new AppError('tokens.wrong_tenant')
}

/** Personal accounts have no shared mailboxes, and Microsoft grants them nothing that speaks of some. */
function scopesOf({ scopesWanted }: Pick<WantedSignIn, 'scopesWanted'>, { tenantId }: SignedInPerson): string[] {
  return scopesWanted.filter((scope) => !(isPersonalAccount(tenantId) && scope.endsWith('.Shared')))
}

function isSamePerson(grant: GrantSummary, person: SignedInPerson): boolean {
  return grant.tenantId === person.tenantId && grant.objectId === person.objectId
}
