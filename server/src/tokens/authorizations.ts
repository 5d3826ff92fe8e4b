/**
 * Signing in, from the redirect to Microsoft to the grant that is kept: authorization code with PKCE (RFC 6749 §4.1,
 * RFC 7636, S256 only), after the advice of RFC 9700.
 *
 * 1. What comes back counts once, for ten minutes, in the browser session that began it.
 * 2. Who signed in is what the ID token proves: tenant and object id. A grant is renewed only by the person it is of.
 * 3. Nothing is written before all of it is right; a sign-in that would end by itself is refused while somebody is there.
 * 4. A link by which it was begun is used up together with what it brought, or not at all. And what it brings opens the
 *    mailbox that the link is for.
 * 5. The redirect of an admin consent reports it. The token of a sign-in that follows proves it.
 */
import {
  type AuthorizationServer,
  type CloudProvider,
  type CloudProviders,
  type AuditLog,
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

/** Codes of Entra ID have about 1,000 characters; more than this is no code. */
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
  /** `${PUBLIC_URL}/oauth/callback`, and nothing else: never made from a request. */
  redirectUri: string
  completeSignIn: CompleteSignIn
  isOwnAddress: OwnershipCheck
  proveConsent: ProveConsent
}

/** A sign-in that is under way, and the link by which it was begun. */
interface Begun extends PendingAuthorization {
  link: SignInLink | undefined
}

export function createAuthorizations(deps: AuthorizationsDeps): Authorizations {
  const { cloudProviders, authorizationServer, pending, vault, tokenEndpoint, clock, redirectUri } = deps
  const { database, audit, signInLinks } = deps

  /** What goes on where another one ended asks for all that the one before asked for, whatever it was begun with. */
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

    const choice = permissions ?? usualPermissions(provider, wanted.wantedKind)
    const asked = scopesFor(choice, cloudProviders.cloudOf(provider))
    const also = scopesFor(
      {
        receives: alsoBy.includes('imap') ? 'imap' : undefined,
        sends: alsoBy.includes('smtp') ? 'smtp' : undefined,
        kinds: [],
      },
      cloudProviders.cloudOf(provider),
    )
    const scopesWanted = [
      ...new Set([...asked, ...(alsoBy.length > 0 ? also : []), ...scopesBefore, ...(grant?.scopesWanted ?? [])]),
    ]
    const authority = authorityFor(provider, grant, wanted.wantedKind)
    const { state, nonce, codeChallenge } = await pending.add(
      {
        wantedAddress: undefined,
        wantedKind: undefined,
        reconnectGrantId: undefined,
        signInLinkId: undefined,
        ...wanted,
        redirectUri,
        scopesWanted,
        authority,
        provesConsent,
      },
      sessionHash,
    )
    if (kind === 'admin-consent') {
      // With those of the sign-in: what the admin leaves out, each person would be asked for.
      const parameters = {
        client_id: provider.clientId,
        scope: scopeParameter(scopesWanted),
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
      scope: scopeParameter(scopesWanted),
      state,
      nonce,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      // With what a refresh could not answer: the person is asked for it here, and not again after the next call.
      claims: claimsParameter(grant && (await vault.claimsForSignIn(grant.id))),
      // Never `prompt=consent`: it asks for consent again where an admin has given it, and people land in a loop.
      // The two exclude each other: a hint lets a browser that knows one account go on with it, without a question.
      ...(grant && !switchAccount ? { login_hint: grant.userName } : { prompt: 'select_account' }),
    }
    return { url: authorizationServer.authorizationUrl(authority, parameters) }
  }

  async function beginByLink(token: Secret, sessionHash: Uint8Array): Promise<{ url: string }> {
    const { id, cloudProviderId, kind, wantedAddress, reconnectGrantId } = await signInLinks.open(token)
    const wanted = { cloudProviderId, kind, wantedAddress, reconnectGrantId }
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
    const { cloudProviderId, wantedAddress, wantedKind, reconnectGrantId, startedBy, signInLinkId } = begun
    const provesConsent = kind === 'sign-in' && begun.provesConsent
    if (kind === undefined) return outcome
    // Whoever was signed in at this browser would be signed in once more.
    const switchAccount = outcome.people !== undefined
    const wanted = { cloudProviderId, kind, wantedAddress, wantedKind, reconnectGrantId, startedBy, signInLinkId }
    try {
      return {
        ...outcome,
        again: {
          kind,
          ...(await begin({ ...wanted, sessionHash, switchAccount, provesConsent }, begun.scopesWanted)),
        },
      }
    } catch (error) {
      // What was to be tried again is gone meanwhile; the page still has to tell how the first try ended.
      if (error instanceof AppError) return outcome
      throw error
    }
  }

  async function finish(begun: Begun, query: URLSearchParams, sessionHash: Uint8Array): Promise<AuthorizationOutcome> {
    // Looked at before anything of Microsoft's is used up; what counts is the look in the transaction at the end.
    if (begun.link?.state === 'revoked' || begun.link?.state === 'used') throw new AppError('tokens.sign_in_link_over')
    if (query.has('error')) throw redirectError(query, begun.kind)
    const provider = await cloudProviders.get(begun.cloudProviderId)
    return begun.kind === 'admin-consent'
      ? finishConsent(begun, provider, query, sessionHash)
      : finishSignIn(begun, provider, query, sessionHash)
  }

  /** `admin_consent` and `tenant` in the redirect prove nothing: they are shown, and decide about nothing. */
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
    const { cloudProviderId, wantedAddress, wantedKind, reconnectGrantId, startedBy } = begun
    const about = { cloudProviderId, wantedAddress, reconnectGrantId, link: linkSummary(begun.link) }
    await database.transaction(async (tx) => {
      const detail = { tenantId, wantedAddress }
      const action = 'cloud_provider.consent_reported'
      await audit.record(tx, { actor: startedBy, action, subject: cloudProviderId, detail })
      if (begun.link) await signInLinks.reportConsent(tx, begun.link.id)
    })
    const wanted = { cloudProviderId, kind: 'sign-in', wantedAddress, wantedKind, reconnectGrantId } as const
    const proof = { startedBy, signInLinkId: begun.link?.id, sessionHash, provesConsent: true }
    const { url } = await begin({ ...wanted, ...proof }, begun.scopesWanted)
    return { kind: 'consent-reported', ...about, tenantId, next: url }
  }

  /** The sign-in by a consent link, whose tokens are looked at and forgotten: it keeps no grant. */
  async function finishProof(
    begun: Begun & { link: SignInLink },
    provider: CloudProvider,
    answer: SignInAnswer,
  ): Promise<AuthorizationOutcome> {
    const { link, cloudProviderId, wantedAddress, reconnectGrantId } = begun
    const { person, missing } = await deps.proveConsent(begun.scopesWanted, answer)
    if (missing.length > 0) throw new AppError('tokens.consent_unproven', { detail: missing.join(', ') })
    const { tenantId, userName } = person
    await database.transaction(async (tx) => {
      await audit.record(tx, consentRecord(begun, person))
      await signInLinks.use(tx, link.id, { usedBy: tenantId })
    })
    const about = { cloudProviderId, wantedAddress, reconnectGrantId, link: linkSummary(link) }
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
    // The one that gave the code, whatever was changed about the registration since.
    const authority = begun.authority ?? authorityFor(provider, expected)
    const askedAt = clock.now()
    const { accessToken, issued } = await tokenEndpoint.redeem({
      provider,
      authority,
      code: new Secret(code),
      codeVerifier: begun.codeVerifier,
      redirectUri: begun.redirectUri,
      scopesWanted: begun.scopesWanted,
    })
    const tokens = { provider, authority, askedAt, expected, nonceHash: begun.nonceHash, accessToken, issued }
    const answer = { ...tokens, isBound: begun.link !== undefined }
    if (begun.provesConsent && begun.link) return finishProof({ ...begun, link: begun.link }, provider, answer)
    const recordConsent = async (tx: Tx, { person, scopesMissing }: Omit<KeptSignIn, 'grantId'>) => {
      if (begun.provesConsent && scopesMissing.length === 0) await audit.record(tx, consentRecord(begun, person))
    }
    const onKept = async (tx: Tx, signedIn: KeptSignIn) => {
      await recordConsent(tx, signedIn)
      await pending.setOutcome(begun.id, { kind: 'granted', grantId: signedIn.grantId }, tx)
    }
    const done = await deps.completeSignIn({ ...begun, onKept }, answer)
    if (done.kind === 'refused') {
      // The consent is proven by whoever signed in, whatever the mailbox says.
      if (done.error.code === 'tokens.mailbox_not_opened') await database.transaction((tx) => recordConsent(tx, done))
      return { ...failed(done.error, begun), people: done.people, wish: done.wish }
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
      wantedAddress: begun.wantedAddress,
      wantedKind: begun.wantedKind,
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
    const { cloudProviderId, kind, wantedAddress, wantedKind, reconnectGrantId, startedBy } = begun
    if (wantedKind !== 'user' || wantedAddress === undefined) return undefined
    if (begun.link || reconnectGrantId !== undefined) return undefined
    if (await deps.isOwnAddress({ ...signedIn, address: wantedAddress })) return undefined
    const owners = { cloudProviderId, kind, wantedAddress, wantedKind, startedBy, sessionHash }
    return (await begin(owners, begun.scopesWanted)).url
  }

  /** A person is asked where their grant is; whoever is new, where the registration lets people sign in. */
  function authorityFor(provider: CloudProvider, grant: GrantSummary | undefined, kind?: 'user' | 'shared'): string {
    // Personal accounts have no shared mailboxes: they are not even offered.
    const isOfOrganizations = kind === 'shared' && provider.accountTypes === 'multitenant-and-personal'
    return cloudProviders.authorityOf(provider, grant?.tenantId ?? (isOfOrganizations ? 'organizations' : undefined))
  }

  /** Consent is of organizations: `common` is not accepted there. */
  function consentAuthority(provider: CloudProvider, grant: GrantSummary | undefined): string {
    const anyOrganization = provider.accountTypes === 'single-tenant' ? undefined : 'organizations'
    return cloudProviders.authorityOf(provider, grant?.tenantId ?? anyOrganization)
  }

  return { begin: (authorization) => begin(authorization), beginByLink, complete }
}

/**
 * Another try by whoever sits there helps where the remedy is theirs, and where nobody has to do anything. An admin at
 * this browser can consent; somebody with a link to sign in cannot.
 */
function kindOfAnotherTry({ code, remedy }: AppError, { kind, link, provesConsent }: Begun): Begun['kind'] | undefined {
  if (code === 'tokens.consent_declined') return kind
  if (code === 'tokens.consent_unproven') return 'admin-consent'
  if (code === 'tokens.consent_required' && (!link || provesConsent)) return 'admin-consent'
  return remedy === 'sign-in' || remedy === 'wait' ? kind : undefined
}

function consentRecord({ startedBy, cloudProviderId, wantedAddress }: Begun, person: SignedInPerson) {
  const { tenantId, userName } = person
  const detail = { tenantId, wantedAddress, provenBy: userName }
  return { actor: startedBy, action: 'cloud_provider.consented', subject: cloudProviderId, detail }
}

function linkSummary(link: SignInLink | undefined): { id: SignInLinkId; createdBy: string } | undefined {
  return link && { id: link.id, createdBy: link.createdBy }
}

function checkTenant({ accountTypes, tenantId }: CloudProvider, signedInAt: string): void {
  if (accountTypes === 'single-tenant' && signedInAt !== tenantId) throw new AppError('tokens.wrong_tenant')
}

/** An outcome for what Microsoft said; what is our own fault travels on. */
function failed(thrown: unknown, begun: Begun | undefined): FailedAuthorization {
  const about = {
    kind: 'failed' as const,
    cloudProviderId: begun?.cloudProviderId,
    wantedAddress: begun?.wantedAddress,
    reconnectGrantId: begun?.reconnectGrantId,
    link: linkSummary(begun?.link),
  }
  if (!(thrown instanceof AppError)) throw thrown
  return { ...about, error: thrown }
}
