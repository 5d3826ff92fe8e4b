import { APIError } from 'better-auth'
import type { Database, Tx } from '../database/index.ts'
import { clientSite } from '../kernel/client-network.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { IdentityProviderId, PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { mailOrigin } from './devices.ts'
import type { Factors, SecondStep } from './factors/factors.ts'
import type { AuthenticationResponseJSON } from './factors/passkey-verification.ts'
import type { Passkeys } from './factors/passkeys.ts'
import type { PendingSignIns } from './factors/pending-sign-ins.ts'
import type { SecondStepCheck } from './factors/second-step-check.ts'
import type { KnownDevices } from './known-devices.ts'
import type { PasswordChange } from './own-password.ts'
import type { PasswordAttempt, PasswordCheck } from './password-check.ts'
import { requirePassword, type People } from './people.ts'
import type { MissingFactor } from './policy/missing-factor.ts'
import type { PolicyGate } from './policy/policy-gate.ts'
import type { Person } from './person.ts'
import { notingRefusals, type NoteRefusedAccess } from './refused-access.ts'
import type { SecurityMail } from './security-mail.ts'
import type { EndedBy, SessionEnds } from './session-ends.ts'
import { LIFETIME_MS, type Session, type SignInClient, type SignInProof } from './session.ts'
import { SESSION_COOKIE, type SignInLibrary } from './sign-in-library.ts'
import type { SignInLimits } from './sign-in-limits.ts'
import type { ListedSession, NewSession, SessionClaim, StoredSessions } from './stored-sessions.ts'

/** A signed-in person. */
export interface SignedIn {
  person: Person
  session: Session
  /** The second factor that the policy requires of the person and the session lacks. */
  missingFactor?: MissingFactor | undefined
}

/** A session that was just opened, with the `Set-Cookie` lines that the browser must get. */
export interface OpenedSession extends SignedIn {
  setCookies: readonly string[]
  /** True if this browser has not signed in to this account before. */
  isNewDevice: boolean
}

export interface Sessions extends Pick<SessionEnds, 'onEnded' | 'peopleOfProvider'> {
  /**
   * Opens a session for a person whose identity is proven: every sign-in ends here. `claim` checks the proof again, in the
   * transaction of the session. A link isn't a password guess, so
   * wrong passwords for its account are forgotten.
   *
   * @throws {AppError} `people.second_factor_needed` after a password or link of a person with a second factor; the
   *   browser can complete the sign-in with {@link Sessions.complete}; `people.provider_required` if the policy accepts
   *   only providers; `people.too_many_sign_ins`
   */
  open(id: PersonId, proof: SignInProof, client: SignInClient, claim?: SessionClaim): Promise<OpenedSession>
  /**
   * Signs in. Wrong passwords, unknown addresses and removed people get the same error. Attempts are counted by
   * `clientAddress`, or by the device if `cookieHeader` proves an earlier sign-in of this account.
   */
  signIn(attempt: PasswordAttempt): Promise<OpenedSession>
  /** Returns how this browser can complete its sign-in. */
  secondSteps(client: SignInClient): Promise<{ steps: SecondStep[]; expiresAt: Date }>
  /**
   * Completes a sign-in with a code of an authenticator app, or with a recovery code.
   *
   * @throws {AppError} `people.wrong_code`, `people.sign_in_expired`, `people.too_many_tries`
   */
  complete(code: string, client: SignInClient): Promise<OpenedSession>
  /**
   * Signs in with a passkey, which counts as both factors. No password attempts limit it.
   *
   * @throws {AppError} `people.passkey_refused`
   */
  signInWithPasskey(response: AuthenticationResponseJSON, client: SignInClient): Promise<OpenedSession>
  /**
   * Returns the person of a request's cookies; undefined without a valid session.
   *
   * @param isUse  false for requests without a user, which don't defer the idle end
   */
  find(cookieHeader: string | undefined, options?: { isUse?: boolean }): Promise<SignedIn | undefined>
  /** Returns an id of the device, if its cookie proves an earlier sign-in of any account. */
  findDevice(cookieHeader: string | undefined): Promise<string | undefined>
  signOut(cookieHeader: string | undefined): Promise<{ setCookies: readonly string[] }>
  /** Returns the sessions of a person, the last used first. */
  list(id: PersonId): Promise<ListedSession[]>
  /** Ends one session of a person. Returns false if the person has no such session. */
  endOne(id: PersonId, sessionId: string, actor: string): Promise<boolean>
  /** Ends all sessions of a person, or all but one. Returns their number. */
  endAll(id: PersonId, actor: string, options?: { except?: string }): Promise<number>
  /** As {@link Sessions.endAll}, in the transaction of the cause. */
  endIn(tx: Tx, id: PersonId, by: EndedBy, options?: { except?: string | undefined }): Promise<number>
  /**
   * Ends the sessions of a person that this provider has opened, except one, in the transaction of the cause. It must have
   * locked the person before.
   */
  endOfProviderIn(
    tx: Tx,
    id: PersonId,
    by: EndedBy,
    options: { provider: IdentityProviderId; except?: string | undefined },
  ): Promise<number>
  /** True for an open session of the person. Its end waits for the transaction. */
  hold(tx: Tx, id: PersonId, sessionId: string): Promise<boolean>
  /** Makes a session as fresh as another proof of the identity of its person. */
  confirm(session: Pick<Session, 'id'>, proof: SignInProof, client: SignInClient): Promise<void>
  /** Changes the password of a person. Their other sessions end; this one gets new cookies. */
  changePassword(change: PasswordChange): Promise<{ setCookies: readonly string[] }>
}

export interface SessionsDeps {
  database: Pick<Database, 'db' | 'transaction'>
  clock: Clock
  library: SignInLibrary
  people: People
  passwordCheck: PasswordCheck
  changePassword: (change: PasswordChange) => Promise<NewSession>
  limits: Pick<SignInLimits, 'forget' | 'countSignIn'>
  knownDevices: KnownDevices
  stored: StoredSessions
  ends: SessionEnds
  securityMail: SecurityMail
  factors: Pick<Factors, 'secondSteps'>
  passkeys: Pick<Passkeys, 'accept' | 'hold'>
  pendingSignIns: PendingSignIns
  gate: PolicyGate
  checkSecondStep: SecondStepCheck
  noteRefusedAccess: NoteRefusedAccess
  log: Log
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { database, clock, library, people, passwordCheck, limits, knownDevices, stored, ends, log } = deps
  const { securityMail, factors, passkeys, pendingSignIns, gate, checkSecondStep, noteRefusedAccess } = deps

  /** Returns the cookies of a session. The device is remembered again, because a new password makes it unknown. */
  async function cookiesOf({ token, session }: NewSession, email: string, cookieHeader: string | undefined) {
    const leftMs = session.signedInAt.getTime() + LIFETIME_MS - clock.now().getTime()
    const body = { token, maxAge: Math.max(0, Math.floor(leftMs / 1000)) }
    const { headers } = await library.api.writeSessionCookie({ body, returnHeaders: true }).catch(unwrap)
    return [...headers.getSetCookie(), await knownDevices.remember(cookieHeader, email)]
  }

  /** A sign-in doesn't fail because its email could not be stored. */
  async function announceNewDevice(id: PersonId, client: SignInClient): Promise<void> {
    try {
      await database.transaction((tx) => securityMail(tx, id, { kind: 'new_device' }, mailOrigin(client)))
    } catch (err) {
      log.warn({ err }, 'The email about a new device could not be stored')
    }
  }

  /** Returns the token of a cookie with a valid signature. */
  async function tokenOf(cookieHeader: string | undefined): Promise<string | undefined> {
    if (!cookieHeader?.includes(SESSION_COOKIE)) return undefined
    const headers = new Headers({ cookie: cookieHeader })
    return (await library.api.readSessionCookie({ headers }).catch(unwrap)).token
  }

  async function askSecondFactor(id: PersonId, { method, secondFactor }: SignInProof, client: SignInClient) {
    if ((method !== 'password' && method !== 'link') || secondFactor) return
    if ((await factors.secondSteps(id)).length === 0) return
    if (client.browser) await pendingSignIns.begin(client.browser, { personId: id, method })
    throw new AppError('people.second_factor_needed')
  }

  async function open(
    id: PersonId,
    proof: SignInProof,
    client: SignInClient,
    claim?: SessionClaim,
  ): Promise<OpenedSession> {
    const person = await people.get(id)
    const { email } = person
    if (proof.method === 'link') {
      await limits
        .forget(email, clientSite(client.clientAddress))
        .catch((err: unknown) => log.warn({ err }, 'Counted sign-in attempts could not be removed'))
    }
    await gate.refuse(id, proof.method)
    await askSecondFactor(id, proof, client)
    const deviceId = await knownDevices.find(client.cookieHeader, email)
    const isNewDevice = deviceId === undefined
    const { method } = proof
    // Those with a password or link are counted where these are checked.
    if (method === 'passkey' || method === 'openid') await limits.countSignIn({ email, deviceId, method })
    const added = await stored.add(id, proof, {
      ...{ client, isNewDevice },
      claim: async (tx) => {
        await claim?.(tx)
        await gate.admit(tx, id, proof.method, client)
      },
    })
    // A link has an email of its own, or begins the account.
    if (isNewDevice && proof.method !== 'link') await announceNewDevice(id, client)
    const setCookies = await cookiesOf(added, email, client.cookieHeader)
    return { person, session: added.session, missingFactor: added.missingFactor, setCookies, isNewDevice }
  }

  return {
    open,

    signIn: (attempt) =>
      passwordCheck.run(attempt, 'sign-in', async ({ id, hash, deviceId }) => {
        await limits.countSignIn({ email: attempt.email, deviceId, method: 'password' })
        return open(id, { method: 'password' }, attempt, (tx) => requirePassword(tx, id, hash))
      }),

    async secondSteps({ browser }) {
      const { personId, expiresAt } = await pendingSignIns.get(browser)
      return { steps: await factors.secondSteps(personId), expiresAt }
    },

    async complete(code, client) {
      const pending = await pendingSignIns.get(client.browser)
      const { id, email } = await people.get(pending.personId)
      const secondFactor = await checkSecondStep({ id, email }, code, client, 'second-step').catch(
        notingRefusals(noteRefusedAccess, client, 'second-factor'),
      )
      const claim: SessionClaim = (tx) => pendingSignIns.use(tx, client.browser!, pending)
      return open(id, { method: pending.method, secondFactor }, client, claim)
    },

    async signInWithPasskey(response, client) {
      if (!client.browser) throw new AppError('people.passkey_refused')
      const accepted = passkeys.accept(response, client.browser)
      const id = await accepted.catch(notingRefusals(noteRefusedAccess, client, 'passkey'))
      return open(id, { method: 'passkey' }, client, (tx) => passkeys.hold(tx, id, response.id))
    },

    async find(cookieHeader, { isUse = true } = {}) {
      const token = await tokenOf(cookieHeader)
      const found = token === undefined ? undefined : await stored.find(token, { isUse })
      if (!found) return undefined
      const { personId, session, missingFactor } = found
      return { person: await people.get(personId), session, missingFactor }
    },

    findDevice: (cookieHeader) => knownDevices.identify(cookieHeader),

    async signOut(cookieHeader) {
      const token = await tokenOf(cookieHeader)
      const found = token === undefined ? undefined : await stored.find(token, { isUse: false })
      if (found) {
        const by = { reason: 'signed-out', actor: `person:${found.personId}` } as const
        await database.transaction((tx) => ends.end(tx, found.personId, by, { only: [found.session.id] }))
      }
      const { headers } = await library.api.clearSessionCookie({ returnHeaders: true }).catch(unwrap)
      return { setCookies: headers.getSetCookie() }
    },

    list: (id) => stored.list(id),

    async endOne(id, sessionId, actor) {
      const by = { reason: 'ended', actor } as const
      return (await database.transaction((tx) => ends.end(tx, id, by, { only: [sessionId] }))) > 0
    },

    endAll: (id, actor, { except } = {}) =>
      database.transaction((tx) => ends.end(tx, id, { reason: 'ended', actor }, { except })),

    endIn: (tx, id, by, { except } = {}) => ends.end(tx, id, by, { except }),

    endOfProviderIn: (tx, id, by, which) => ends.end(tx, id, by, which),

    peopleOfProvider: (tx, provider) => ends.peopleOfProvider(tx, provider),

    hold: (tx, id, sessionId) => stored.hold(tx, id, sessionId),

    async confirm({ id }, proof, client) {
      if (!(await stored.refresh(id, proof, client))) throw new AppError('http.not_signed_in')
    },

    async changePassword(change) {
      const renewed = await deps.changePassword(change)
      return { setCookies: await cookiesOf(renewed, change.person.email, change.cookieHeader) }
    },

    onEnded: (listener) => ends.onEnded(listener),
  }
}

/** Throws the cause of an error: the library wraps errors of our database in its own. */
function unwrap(error: unknown): never {
  throw error instanceof APIError && error.cause instanceof AppError ? error.cause : error
}
