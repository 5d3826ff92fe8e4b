/**
 * Sign-in, from the redirect to Microsoft to the stored grant: authorization code with PKCE (RFC 6749 §4.1, RFC 7636,
 * S256 only), following RFC 9700.
 *
 * 1. A redirect is accepted once, within ten minutes, in the browser session that started it.
 * 2. The ID token proves the identity: tenant and object ID. A grant is renewed only by its own person.
 * 3. Nothing is written before all checks succeed. A sign-in that would end on its own is refused while the person is
 *    present.
 * 4. A link is used up in the transaction that stores its result, or not at all. The result must open the link's
 *    mailbox.
 * 5. The redirect of an admin consent only reports it. The token of the following sign-in proves it.
 */
import type { AuditLog } from '../audit/index.ts'
import {
  type AuthorizationServer,
  type CloudProvider,
  type CloudProviders,
  scopesFor,
} from '../cloud-providers/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { SignInLinkId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import type { AuthorizationOutcome, Authorizations, FailedAuthorization, NewAuthorization } from './authorization.ts'
import type { AccessToTry, OwnershipCheck } from './access-trial.ts'
import { claimsParameter } from './claims.ts'
import type { GrantSummary } from './grant.ts'
import type { PendingAuthorization, PendingAuthorizations } from './pending-authorizations.ts'
import type { PostgresGrantVault } from './postgres-grant-vault.ts'
import type { SignedInPerson } from './id-tokens.ts'
import type { CompleteSignIn, KeptSignIn, ProveConsent, SignInAnswer } from './sign-in-completion.ts'
import type { SignInLink, UsableSignInLinks } from './sign-in-links.ts'
import { scopeParameter, type TokenEndpoint } from './token-endpoint.ts'
import { redirectError } from './token-errors.ts'
import { usualPermissions } from './usual-permissions.ts'

/** Maximum length of a code. Codes of Entra ID have about 1,000 characters. */
const MAX_CODE = 8192
const ENTRA_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface AuthorizationsDeps {
  database: Database
  audit: AuditLog
  signInLinks: UsableSignInLinks
  cloudProviders: CloudProviders
  authorizationServer: AuthorizationServer
  pending: PendingAuthorizations
  vault: PostgresGrantVault
  tokenEndpoint: TokenEndpoint
  clock: Clock
  /** `${PUBLIC_URL}/oauth/callback`, never derived from a request. */
  redirectUri: string
  completeSignIn: CompleteSignIn
  isOwnAddress: OwnershipCheck
  proveConsent: ProveConsent
}

/** A pending sign-in with the link that started it. */
interface Begun extends PendingAuthorization {
  link: SignInLink | undefined
}

export function createAuthorizations(deps: AuthorizationsDeps): Authorizations {
  const { cloudProviders, authorizationServer, pending, vault, tokenEndpoint, clock, redirectUri } = deps
  const { database, audit, signInLinks } = deps

  /** Starts an authorization. A follow-up requests all scopes of the one before, whatever it was started with. */
  async function begin(
    authorization: NewAuthorization,
    scopesBefore: readonly string[] = [],
  ): Promise<{ url: string }> {
    const {
      sessionHash,
      permissions,
      alsoBy = [],
      switchAccount = false,
      provesConsent = false,
      ...wanted
    } = authorization
    const { cloudProviderId, kind, reconnectGrantId } = wanted
    const provider = await cloudProviders.get(cloudProviderId)
    const grant = reconnectGrantId === undefined ? undefined : await vault.summary(reconnectGrantId)
    if (grant && grant.cloudProviderId !== cloudProviderId) throw new AppError('tokens.grant_not_found')

    const choice = permissions ?? usualPermissions(provider, wanted.requestedKind)
    const requestedScopes = scopesFor(choice, cloudProviders.cloudOf(provider))
    const also = scopesFor(
      {
        receives: alsoBy.includes('imap') ? 'imap' : undefined,
        sends: alsoBy.includes('smtp') ? 'smtp' : undefined,
        kinds: [],
      },
      cloudProviders.cloudOf(provider),
    )
    const scopesRequested = [
      ...new Set([
        ...requestedScopes,
        ...(alsoBy.length > 0 ? also : []),
        ...scopesBefore,
        ...(grant?.scopesRequested ?? []),
      ]),
    ]
    const authority = authorityFor(provider, grant, wanted.requestedKind)
    const { state, nonce, codeChallenge } = await pending.add(
      {
        requestedAddress: undefined,
        requestedKind: undefined,
        reconnectGrantId: undefined,
        signInLinkId: undefined,
        ...wanted,
        redirectUri,
        scopesRequested,
        authority,
        provesConsent,
      },
      sessionHash,
    )
    if (kind === 'admin-consent') {
      // Includes the scopes of the sign-in; otherwise each person would have to consent to those the admin left out.
      const parameters = {
        client_id: provider.clientId,
        scope: scopeParameter(scopesRequested),
        redirect_uri: redirectUri,
        state,
      }
      return { url: authorizationServer.adminConsentUrl(consentAuthority(provider, grant), parameters) }
    }
    const parameters = {
      client_id: provider.clientId,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: redirectUri,
      scope: scopeParameter(scopesRequested),
      state,
      nonce,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      // Includes claims that a refresh could not satisfy, so that the person has to prove them only once.
      claims: claimsParameter(grant && (await vault.claimsForSignIn(grant.id))),
      // Never `prompt=consent`, which asks again after an admin's consent and causes a loop. `login_hint` and `prompt`
      // exclude each other: with a hint, a browser with one known account continues without a question.
      ...(grant && !switchAccount ? { login_hint: grant.userName } : { prompt: 'select_account' }),
    }
    return { url: authorizationServer.authorizationUrl(authority, parameters) }
  }

  async function beginByLink(
    token: Secret,
    sessionHash: Uint8Array,
    hostedKind?: 'user' | 'shared',
  ): Promise<{ url: string }> {
    const link = await signInLinks.open(token, hostedKind !== undefined)
    const { id, cloudProviderId, kind, requestedAddress, reconnectGrantId } = link
    const wanted = { cloudProviderId, kind, requestedAddress, reconnectGrantId, requestedKind: hostedKind }
    return begin({ ...wanted, sessionHash, startedBy: `link:${id}`, signInLinkId: id })
  }

  async function complete(query: URLSearchParams, sessionHash: Uint8Array): Promise<AuthorizationOutcome> {
    const state = (query.get('state') ?? '').slice(0, 200)
    let begun: Begun
    try {
      const taken = await pending.take(state, sessionHash)
      begun = { ...taken, link: await linkOf(taken.signInLinkId) }
    } catch (error) {
      const link = await linkOf(await pending.findLinkOf(state))
      return { ...failed(error, undefined), link: linkSummary(link) }
    }
    const outcome = await finish(begun, query, sessionHash).catch((error: unknown) => failed(error, begun))
    const { kind } = outcome
    // A granted one was recorded together with its grant.
    if (kind !== 'granted')
      await pending.setOutcome(begun.id, kind === 'failed' ? { kind, code: outcome.error.code } : { kind })
    return outcome.kind === 'failed' ? withAnotherTry(outcome, begun, sessionHash) : outcome
  }

  async function linkOf(id: SignInLinkId | undefined): Promise<SignInLink | undefined> {
    return id === undefined ? undefined : signInLinks.find(id)
  }

  async function withAnotherTry(
    outcome: FailedAuthorization,
    begun: Begun,
    sessionHash: Uint8Array,
  ): Promise<FailedAuthorization> {
    const kind = kindOfAnotherTry(outcome.error, begun)
    const { cloudProviderId, requestedAddress, requestedKind, reconnectGrantId, startedBy, signInLinkId } = begun
    const provesConsent = kind === 'sign-in' && begun.provesConsent
    if (kind === undefined) return outcome
    // Without this, the user signed in at this browser would be signed in again.
    const switchAccount = outcome.people !== undefined
    const wanted = { cloudProviderId, kind, requestedAddress, requestedKind, reconnectGrantId, startedBy, signInLinkId }
    try {
      return {
        ...outcome,
        again: {
          kind,
          ...(await begin({ ...wanted, sessionHash, switchAccount, provesConsent }, begun.scopesRequested)),
        },
      }
    } catch (error) {
      // The target of another attempt is gone, but the page must still show the result of the first one.
      if (error instanceof AppError) return outcome
      throw error
    }
  }

  async function finish(begun: Begun, query: URLSearchParams, sessionHash: Uint8Array): Promise<AuthorizationOutcome> {
    // Checked early, before Microsoft's code is used up. The check in the final transaction decides.
    if (begun.link?.state === 'revoked' || begun.link?.state === 'used') throw new AppError('tokens.sign_in_link_over')
    if (query.has('error')) throw redirectError(query, begun.kind)
    const provider = await cloudProviders.get(begun.cloudProviderId)
    return begun.kind === 'admin-consent'
      ? finishConsent(begun, provider, query, sessionHash)
      : finishSignIn(begun, provider, query, sessionHash)
  }

  /** Handles the redirect of an admin consent. `admin_consent` and `tenant` prove nothing and are only displayed. */
  async function finishConsent(
    begun: Begun,
    provider: CloudProvider,
    query: URLSearchParams,
    sessionHash: Uint8Array,
  ): Promise<AuthorizationOutcome> {
    const tenantId = (query.get('tenant') ?? '').toLowerCase()
    if (query.get('admin_consent')?.toLowerCase() !== 'true' || !ENTRA_ID.test(tenantId)) {
      throw new AppError('tokens.sign_in_refused', { upstream: { error: 'no_consent_in_answer' } })
    }
    checkTenant(provider, tenantId)
    const { cloudProviderId, requestedAddress, requestedKind, reconnectGrantId, startedBy } = begun
    const about = { cloudProviderId, requestedAddress, reconnectGrantId, link: linkSummary(begun.link) }
    await database.transaction(async (tx) => {
      const detail = { tenantId, requestedAddress }
      const action = 'cloud_provider.consent_reported'
      await audit.record(tx, { actor: startedBy, action, subject: cloudProviderId, detail })
      if (begun.link) await signInLinks.reportConsent(tx, begun.link.id)
    })
    const wanted = { cloudProviderId, kind: 'sign-in', requestedAddress, requestedKind, reconnectGrantId } as const
    const proof = { startedBy, signInLinkId: begun.link?.id, sessionHash, provesConsent: true }
    const { url } = await begin({ ...wanted, ...proof }, begun.scopesRequested)
    return { kind: 'consent-reported', ...about, tenantId, next: url }
  }

  /** Completes the sign-in of a consent link. Its tokens are inspected and discarded; no grant is stored. */
  async function finishProof(
    begun: Begun & { link: SignInLink },
    provider: CloudProvider,
    answer: SignInAnswer,
  ): Promise<AuthorizationOutcome> {
    const { link, cloudProviderId, requestedAddress, reconnectGrantId } = begun
    const { person, missing } = await deps.proveConsent(begun.scopesRequested, answer)
    if (missing.length > 0) throw new AppError('tokens.consent_unproven', { detail: missing.join(', ') })
    const { tenantId, userName } = person
    await database.transaction(async (tx) => {
      await audit.record(tx, consentRecord(begun, person))
      await signInLinks.use(tx, link.id, { usedBy: tenantId })
    })
    const about = { cloudProviderId, requestedAddress, reconnectGrantId, link: linkSummary(link) }
    return { kind: 'consented', ...about, tenantId, userName }
  }

  async function finishSignIn(
    begun: Begun,
    provider: CloudProvider,
    query: URLSearchParams,
    sessionHash: Uint8Array,
  ): Promise<AuthorizationOutcome> {
    const code = query.get('code') ?? ''
    if (code === '' || code.length > MAX_CODE) {
      throw new AppError('tokens.sign_in_refused', { upstream: { error: 'no_code_in_answer' } })
    }
    const expected = begun.reconnectGrantId === undefined ? undefined : await vault.summary(begun.reconnectGrantId)
    // The authority that issued the code, even if the registration has changed since.
    const authority = begun.authority ?? authorityFor(provider, expected)
    const askedAt = clock.now()
    const { accessToken, issued } = await tokenEndpoint.redeem({
      provider,
      authority,
      code: new Secret(code),
      codeVerifier: begun.codeVerifier,
      redirectUri: begun.redirectUri,
      scopesRequested: begun.scopesRequested,
    })
    const tokens = { provider, authority, askedAt, expected, nonceHash: begun.nonceHash, accessToken, issued }
    const answer = { ...tokens, isBound: begun.link !== undefined }
    if (begun.provesConsent && begun.link) return finishProof({ ...begun, link: begun.link }, provider, answer)
    const recordConsent = async (tx: Tx, { person, scopesMissing }: Pick<KeptSignIn, 'person' | 'scopesMissing'>) => {
      if (begun.provesConsent && scopesMissing.length === 0) await audit.record(tx, consentRecord(begun, person))
    }
    const onKept = async (tx: Tx, signedIn: KeptSignIn) => {
      await recordConsent(tx, signedIn)
      const { grantId, isUnfinished } = signedIn
      await pending.setOutcome(begun.id, { kind: 'granted', grantId, ...(isUnfinished && { isUnfinished }) }, tx)
    }
    const done = await deps.completeSignIn({ ...begun, browserHash: sessionHash, onKept }, answer)
    if (done.kind === 'refused') {
      // Any user's token proves the consent, even if the mailbox can't be opened.
      if (done.error.code === 'tokens.mailbox_not_opened') await database.transaction((tx) => recordConsent(tx, done))
      return { ...failed(done.error, begun), people: done.people, principalRequest: done.principalRequest }
    }
    const { kept, person } = done
    const { userName } = person
    return {
      kind: 'granted',
      grantId: kept.id,
      cloudProviderId: provider.id,
      tenantId: person.tenantId,
      userName,
      displayName: person.displayName,
      scopesMissing: done.scopesMissing,
      isAddressUnknown: done.isAddressUnknown,
      renewed: kept.renewed,
      requestedAddress: begun.requestedAddress,
      requestedKind: begun.requestedKind,
      ownerSignIn: await ownerSignIn(begun, { provider, userName, accessToken }, sessionHash),
      reconnectGrantId: begun.reconnectGrantId,
      link: linkSummary(begun.link),
    }
  }

  async function ownerSignIn(
    begun: Begun,
    signedIn: Omit<AccessToTry, 'address'>,
    sessionHash: Uint8Array,
  ): Promise<string | undefined> {
    const { cloudProviderId, kind, requestedAddress, requestedKind, reconnectGrantId, startedBy } = begun
    if (requestedKind !== 'user' || requestedAddress === undefined) return undefined
    if (begun.link || reconnectGrantId !== undefined) return undefined
    if (await deps.isOwnAddress({ ...signedIn, address: requestedAddress })) return undefined
    const owners = { cloudProviderId, kind, requestedAddress, requestedKind, startedBy, sessionHash }
    return (await begin(owners, begun.scopesRequested)).url
  }

  /** Authority of the grant's tenant, or for a new person the one of the registration's account types. */
  function authorityFor(provider: CloudProvider, grant: GrantSummary | undefined, kind?: 'user' | 'shared'): string {
    // Personal accounts have no shared mailboxes, so they are not offered.
    const isOfOrganizations = kind === 'shared' && provider.accountTypes === 'multitenant-and-personal'
    return cloudProviders.authorityOf(provider, grant?.tenantId ?? (isOfOrganizations ? 'organizations' : undefined))
  }

  /** Authority for admin consent, which does not support `common`. */
  function consentAuthority(provider: CloudProvider, grant: GrantSummary | undefined): string {
    const anyOrganization = provider.accountTypes === 'single-tenant' ? undefined : 'organizations'
    return cloudProviders.authorityOf(provider, grant?.tenantId ?? anyOrganization)
  }

  return { begin: (authorization) => begin(authorization), beginByLink, complete }
}

/**
 * Returns the kind of another attempt that can succeed for the person at the browser, or undefined. An admin can
 * consent there; a person with a sign-in link can't.
 */
function kindOfAnotherTry({ code, remedy }: AppError, { kind, link, provesConsent }: Begun): Begun['kind'] | undefined {
  if (code === 'tokens.sign_in_link_over') return undefined
  // The owner may come back after an admin has fixed it, and the page doesn't know the address of the session.
  if (link?.isHosted) return link.state === 'open' ? kind : undefined
  if (code === 'tokens.consent_declined') return kind
  if (code === 'tokens.consent_unproven') return 'admin-consent'
  if (code === 'tokens.consent_required' && (!link || provesConsent)) return 'admin-consent'
  return remedy === 'sign-in' || remedy === 'wait' ? kind : undefined
}

function consentRecord({ startedBy, cloudProviderId, requestedAddress }: Begun, person: SignedInPerson) {
  const { tenantId, userName } = person
  const detail = { tenantId, requestedAddress, provenBy: userName }
  return { actor: startedBy, action: 'cloud_provider.consented', subject: cloudProviderId, detail } as const
}

function linkSummary(link: SignInLink | undefined): { id: SignInLinkId; createdBy: string } | undefined {
  return link && { id: link.id, createdBy: link.createdBy }
}

function checkTenant({ accountTypes, tenantId }: CloudProvider, signedInAt: string): void {
  if (accountTypes === 'single-tenant' && signedInAt !== tenantId) throw new AppError('tokens.wrong_tenant')
}

/** Converts an error from Microsoft to a result; rethrows internal errors. */
function failed(thrown: unknown, begun: Begun | undefined): FailedAuthorization {
  const about = {
    kind: 'failed' as const,
    cloudProviderId: begun?.cloudProviderId,
    requestedAddress: begun?.requestedAddress,
    reconnectGrantId: begun?.reconnectGrantId,
    link: linkSummary(begun?.link),
  }
  if (!(thrown instanceof AppError)) throw thrown
  return { ...about, error: thrown }
}
