/**
 * Sign-in to Postkey at an OpenID Connect provider: authorization code with PKCE S256.
 *
 * 1. A redirect is accepted once, within ten minutes, at its own path, in the browser that began.
 * 2. State, nonce, issuer (RFC 9207), signature, audience and times of the ID token are checked before any claim is used.
 * 3. The identity is `tid` and `oid` of Microsoft, and issuer and `sub` of others. An address never is.
 * 4. An identity is linked to an existing person only by an invitation, or in the session that began it.
 *
 * @see docs/decisions/0067-sign-in-by-openid-connect.md
 */
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { IdentityProviderId, PersonId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { LIFETIME_MS, linkHash, type PeopleRoom, type RequestOrigin } from '../people/index.ts'
import type { Admission } from './admission.ts'
import { toIdentity } from './claims.ts'
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts'
import type { IdentityProvider, ProvenIdentity } from './identity-provider.ts'
import { auditOrigin, type LinkedIdentities } from './linked-identities.ts'
import type { OpenIdRequests } from './openid-requests.ts'
import type { OpenIdPurpose, OpenIdStates, TakenSignIn } from './openid-states.ts'
import type { ProviderRecords } from './provider-records.ts'

/** Longest code and query of a redirect. */
const MAX_QUERY = 16 * 1024

export interface NewOpenIdSignIn {
  identityProviderId: IdentityProviderId
  sessionHash: Uint8Array
  /** Network address of the browser. */
  clientAddress: string
  /** Path of the page to open afterwards. */
  returnTo?: string | undefined
  /** Token of an invitation to accept. */
  invitation?: Secret | undefined
  /** The session whose person links an identity. It must still be open, and complete the sign-in. */
  linkTo?: SessionOfPerson | undefined
  /** The session whose person proves their identity again. */
  confirm?: SessionOfPerson | undefined
}

export interface SessionOfPerson {
  personId: PersonId
  sessionId: string
}

/** The browser that returns from the provider. */
export interface ReturningBrowser {
  sessionHash: Uint8Array
  /** Its session of a person, if it is signed in. */
  sessionId?: string | undefined
  origin?: RequestOrigin | undefined
}

/** A completed sign-in. The caller opens the session of the person, or confirms theirs. */
export interface CompletedOpenIdSignIn {
  purpose: OpenIdPurpose
  identityProviderId: IdentityProviderId
  personId: PersonId
  sessionId: string | undefined
  /** Time since the provider authenticated the user: `Infinity` if it doesn't say. */
  ageMs: number
  returnTo: string
  /** Throws if the link or the provider can't sign in any more. The session of the person is opened in its transaction. */
  claim: (tx: Tx) => Promise<void>
}

export interface OpenIdSignIns {
  /** Starts a sign-in. Open `url` in the same browser. */
  begin(input: NewOpenIdSignIn): Promise<{ url: string }>
  /** True if a redirect belongs to a sign-in of this room. */
  isOurs(query: URLSearchParams): Promise<boolean>
  /** Completes it by the redirect of the browser: `redirect` is its URL at Postkey. */
  complete(redirect: URL, browser: ReturningBrowser): Promise<CompletedOpenIdSignIn>
}

export interface OpenIdSignInsDeps {
  records: ProviderRecords
  pending: OpenIdStates
  requests: OpenIdRequests
  linkedIdentities: LinkedIdentities
  admission: Admission
  people: Pick<PeopleRoom, 'people' | 'links' | 'sessions'>
  database: Database
  clock: Clock
}

export function createOpenIdSignIns(deps: OpenIdSignInsDeps): OpenIdSignIns {
  const { records, pending, requests, linkedIdentities, admission, people, database, clock } = deps

  async function enabled(id: IdentityProviderId): Promise<IdentityProvider> {
    const provider = await records.get(id)
    if (!provider.isEnabled) throw new AppError('identity_providers.not_found')
    return provider
  }

  async function acceptInvitation(
    provider: IdentityProvider,
    identity: ProvenIdentity,
    tokenHash: Buffer,
    origin: RequestOrigin | undefined,
  ) {
    const { id } = await people.links.acceptByIdentity(
      tokenHash,
      (tx, personId, actor) =>
        linkedIdentities.link(tx, { personId, provider, identity, admittedBy: 'invitation', actor, origin }),
      auditOrigin(origin),
    )
    return id
  }

  /**
   * Links the account in the session that began, which was fresh then. Freshness isn't checked again: the state is valid for ten
   * minutes, once, in that session.
   */
  async function linkTo(
    provider: IdentityProvider,
    identity: ProvenIdentity,
    at: SessionOfPerson,
    origin?: RequestOrigin,
  ) {
    const { personId, sessionId } = at
    const link = { personId, provider, identity, admittedBy: 'person', actor: `person:${personId}`, origin } as const
    await database.transaction(async (tx) => {
      if (!(await people.sessions.hold(tx, personId, sessionId))) throw new AppError('identity_providers.session_ended')
      await records.hold(tx, provider.id)
      await linkedIdentities.link(tx, link)
    })
    return personId
  }

  async function signIn(
    provider: IdentityProvider,
    identity: ProvenIdentity,
    origin: RequestOrigin | undefined,
  ): Promise<PersonId> {
    const owner = await linkedIdentities.findOwner(provider.id, identity)
    if (!owner) return admission.admit(provider, identity, origin)
    await people.people.get(owner.personId).catch((error: unknown) => {
      // Removed. The answer is that for unknown users, because it must not reveal former members.
      throw new AppError('identity_providers.unknown_person', { cause: error })
    })
    if (owner.admittedBy === 'claim') await admission.follow(provider, identity, owner.personId)
    await linkedIdentities.touch(owner.id, identity)
    return owner.personId
  }

  async function confirm(provider: IdentityProvider, identity: ProvenIdentity, { personId, startedAt }: TakenSignIn) {
    const owner = await linkedIdentities.findOwner(provider.id, identity)
    if (personId === undefined || owner?.personId !== personId) throw new AppError('identity_providers.other_person')
    // Without its time, a sign-in may be one that the browser had kept.
    const { authenticatedAt } = identity
    if (!authenticatedAt) throw new AppError('identity_providers.auth_time_missing')
    const earliest = startedAt.getTime() - CLOCK_TOLERANCE_MS
    if (authenticatedAt.getTime() < earliest) throw new AppError('identity_providers.not_fresh')
    // The claims are newer than those of the sign-in, and may end the session.
    if (owner.admittedBy === 'claim') await admission.follow(provider, identity, personId)
    await linkedIdentities.touch(owner.id, identity)
    return personId
  }

  async function personOf(
    provider: IdentityProvider,
    identity: ProvenIdentity,
    taken: TakenSignIn,
    origin: RequestOrigin | undefined,
  ): Promise<PersonId> {
    switch (taken.purpose) {
      case 'invitation':
        return acceptInvitation(provider, identity, taken.personLinkHash!, origin)
      case 'link':
        return linkTo(provider, identity, { personId: taken.personId!, sessionId: taken.sessionId! }, origin)
      case 'confirm':
        return confirm(provider, identity, taken)
      case 'sign-in':
        return signIn(provider, identity, origin)
    }
  }

  return {
    async begin(input) {
      const { identityProviderId, sessionHash, clientAddress, returnTo, invitation } = input
      const { linkTo: linking, confirm: confirmed } = input
      const provider = await enabled(identityProviderId)
      if (invitation) await people.links.look(invitation)
      const purpose = invitation ? 'invitation' : linking ? 'link' : confirmed ? 'confirm' : 'sign-in'
      const { redirectUri } = provider
      const { state, nonce, codeChallenge } = await pending.add(
        {
          ...{ identityProviderId, purpose, redirectUri, returnTo: returnTo ?? '/', clientAddress },
          ...{ personId: undefined, sessionId: undefined, ...(linking ?? confirmed) },
          personLinkHash: invitation && linkHash(invitation),
        },
        sessionHash,
      )
      const url = await requests.authorizationUrl(await records.clientOf(provider), {
        ...{ redirect_uri: redirectUri, scope: scopeOf(provider), state, nonce },
        ...{ code_challenge: codeChallenge, code_challenge_method: 'S256' },
        ...timesOf(provider, purpose),
        ...promptOf(provider, purpose),
      })
      return { url }
    },

    isOurs: (query) => pending.has((query.get('state') ?? '').slice(0, 200)),

    async complete(redirect, { sessionHash, sessionId, origin }) {
      if (redirect.search.length > MAX_QUERY) throw new AppError('identity_providers.answer_invalid')
      const state = (redirect.searchParams.get('state') ?? '').slice(0, 200)
      const taken = await pending.take(state, sessionHash)
      if (redirect.origin + redirect.pathname !== taken.redirectUri) {
        throw new AppError('identity_providers.answer_invalid')
      }
      if (taken.sessionId !== undefined && taken.sessionId !== sessionId) {
        throw new AppError('identity_providers.session_ended')
      }
      const provider = await enabled(taken.identityProviderId)
      const { nonce, codeVerifier } = taken
      const client = await records.clientOf(provider)
      const claims = await requests.redeem(client, redirect, { state, nonce, codeVerifier })
      const identity = toIdentity(provider, claims, clock.now())
      const personId = await personOf(provider, identity, taken, origin)
      const { purpose, returnTo } = taken
      const claim = async (tx: Tx) => {
        // In the order of a removed provider, which removes its links.
        await records.hold(tx, provider.id)
        await linkedIdentities.hold(tx, provider.id, identity, personId)
      }
      const ageMs = ageOf(identity, clock.now())
      return { purpose, identityProviderId: provider.id, personId, sessionId, ageMs, returnTo, claim }
    },
  }
}

/**
 * A confirmation needs a new authentication. Other sign-ins name the longest life of a session, because providers state
 * the time of the authentication only then. Microsoft states it by an optional claim of the registration.
 *
 * @see OpenID Connect Core 1.0 §3.1.2.1
 */
function timesOf({ kind }: IdentityProvider, purpose: OpenIdPurpose): Record<string, string> {
  if (purpose === 'confirm') return { max_age: '0' }
  return kind === 'openid' ? { max_age: String(LIFETIME_MS / 1000) } : {}
}

/**
 * A confirmation needs a new authentication, and a link a chosen account: not the one that the browser happens to keep at
 * the provider. Providers other than Microsoft may know no `select_account`.
 */
function promptOf({ kind }: IdentityProvider, purpose: OpenIdPurpose): { prompt?: string } {
  if (purpose === 'confirm') return { prompt: 'login' }
  if (purpose === 'link') return { prompt: kind === 'microsoft' ? 'select_account' : 'login' }
  return {}
}

function ageOf({ authenticatedAt }: ProvenIdentity, now: Date): number {
  return authenticatedAt ? Math.max(0, now.getTime() - authenticatedAt.getTime()) : Infinity
}

/**
 * Microsoft's `profile` contains `oid`. Its `email` is requested only where addresses admit, because the registration of
 * step A has no consent for it.
 */
function scopeOf({ kind, admission }: IdentityProvider): string {
  return kind === 'microsoft' && admission.kind !== 'domain' ? 'openid profile' : 'openid profile email'
}
