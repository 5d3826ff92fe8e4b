import { APIError } from 'better-auth'
import type { Database } from '../database/index.ts'
import { clientSite, plainAddress } from '../kernel/client-network.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Factors, SecondStep } from './factors/factors.ts'
import type { AuthenticationResponseJSON } from './factors/passkey-verification.ts'
import type { Passkeys } from './factors/passkeys.ts'
import type { PendingSignIns } from './factors/pending-sign-ins.ts'
import type { SecondStepCheck } from './factors/second-step-check.ts'
import type { SECOND_FACTORS, SIGN_IN_METHODS } from './session-opener.ts'
import type { NoteRefusedAccess, RefusedAccess } from './refused-access.ts'
import { SESSION_COOKIE, type SignInLibrary } from './sign-in-library.ts'
import { passwordOf, type People } from './people.ts'
import type { Person } from './person.ts'
import type { PasswordQueue } from './password-queue.ts'
import type { KnownDevices } from './known-devices.ts'
import type { SecurityMail } from './security-mail.ts'
import type { SignInLimits } from './sign-in-limits.ts'

/** A signed-in person, and the `Set-Cookie` lines that the browser must get. */
export interface SignedIn {
  person: Person
  session: Session
  setCookies: readonly string[]
}

/** A session as stored. */
export interface Session {
  id: string
  method: (typeof SIGN_IN_METHODS)[number]
  signedInAt: Date
  /** When the person last proved their identity. */
  freshAt: Date
}

/** Proof of the identity of a person. */
export interface SignInProof {
  method: Session['method']
  secondFactor?: (typeof SECOND_FACTORS)[number]
}

/** The browser of a request. */
export interface SignInClient {
  /** Network address; wrong passwords are counted by its network. */
  clientAddress: string
  userAgent?: string | undefined
  cookieHeader?: string | undefined
  /** Hash of the browser's own cookie. A second step is possible only in the same browser. */
  browser?: Uint8Array | undefined
}

export interface PasswordSignIn extends SignInClient {
  email: string
  password: Secret
}

/** A session that was just opened. */
export interface OpenedSession extends SignedIn {
  /** True if this browser has not signed in to this account before. */
  isNewDevice: boolean
}

export interface Sessions {
  /**
   * Opens a session for a person whose identity is proven: every sign-in ends here. A link isn't a password guess, so
   * wrong passwords for its account are forgotten.
   *
   * @throws {AppError} `people.second_factor_needed` after a password or link of a person with a second factor; the
   *   browser can complete the sign-in with {@link Sessions.complete}
   */
  open(id: PersonId, proof: SignInProof, client: SignInClient): Promise<OpenedSession>
  /**
   * Signs in. Wrong passwords, unknown addresses and removed people get the same error. Attempts are counted by
   * `clientAddress`, or by the device if `cookieHeader` proves an earlier sign-in of this account.
   */
  signIn(input: PasswordSignIn): Promise<OpenedSession>
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
   * Returns the person of a request's cookies, with `setCookies` when the session was extended; undefined without a
   * valid session.
   */
  find(cookieHeader: string | undefined): Promise<SignedIn | undefined>
  /** Returns an id of the device, if its cookie proves an earlier sign-in of any account. */
  findDevice(cookieHeader: string | undefined): Promise<string | undefined>
  signOut(cookieHeader: string | undefined): Promise<{ setCookies: readonly string[] }>
}

export interface SessionsDeps {
  database: Pick<Database, 'db' | 'transaction'>
  clock: Clock
  library: SignInLibrary
  people: People
  passwordQueue: PasswordQueue
  limits: SignInLimits
  knownDevices: KnownDevices
  securityMail: SecurityMail
  factors: Pick<Factors, 'secondSteps'>
  passkeys: Pick<Passkeys, 'accept'>
  pendingSignIns: PendingSignIns
  checkSecondStep: SecondStepCheck
  noteRefusedAccess: NoteRefusedAccess
  log: Log
}

/** Codes that may mean a guess; a full queue doesn't. */
const REFUSALS: ReadonlySet<string> = new Set([
  'people.wrong_password',
  'people.wrong_code',
  'people.passkey_refused',
  'people.too_many_tries',
])
/** Longest stored name of a browser, in UTF-16 units. */
const MAX_USER_AGENT = 300

export function createSessions(deps: SessionsDeps): Sessions {
  const { database, clock, library, people, passwordQueue, limits, knownDevices, securityMail, log } = deps
  const { factors, passkeys, pendingSignIns, checkSecondStep, noteRefusedAccess } = deps

  /** A sign-in doesn't fail because attempts could not be canceled or forgotten: they expire. */
  async function logFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (err) {
      log.warn({ err }, 'Counted sign-in attempts could not be removed')
    }
  }

  /** A sign-in doesn't fail because its email could not be stored. */
  async function announceNewDevice(id: PersonId, clientAddress: string): Promise<void> {
    try {
      await database.transaction((tx) => securityMail(tx, id, { kind: 'new_device' }, { clientAddress }))
    } catch (err) {
      log.warn({ err }, 'The email about a new device could not be stored')
    }
  }

  /** Takes the same time for an unknown address, so that the time doesn't reveal members. */
  async function checkPassword({ email, password }: PasswordSignIn): Promise<PersonId> {
    const stored = await passwordOf(database.db, email)
    if (stored?.hash == null) await library.hashPassword(password)
    else if (await library.verifyPassword(stored.hash, password)) return stored.id
    throw new AppError('people.wrong_password')
  }

  async function askSecondFactor(id: PersonId, { method, secondFactor }: SignInProof, client: SignInClient) {
    if ((method !== 'password' && method !== 'link') || secondFactor) return
    if ((await factors.secondSteps(id)).length === 0) return
    if (client.browser) await pendingSignIns.begin(client.browser, { personId: id, method })
    throw new AppError('people.second_factor_needed')
  }

  async function open(id: PersonId, proof: SignInProof, client: SignInClient): Promise<OpenedSession> {
    const { clientAddress, userAgent = '', cookieHeader } = client
    const person = await people.get(id)
    if (proof.method === 'link') await logFailure(() => limits.forget(person.email, clientSite(clientAddress)))
    await askSecondFactor(id, proof, client)
    const at = clock.now()
    const isNewDevice = (await knownDevices.find(cookieHeader, person.email)) === undefined
    const { headers, response } = await library.api
      .openSession({
        body: {
          ...{ userId: id, method: proof.method, secondFactor: proof.secondFactor ?? null, at },
          ...{ ipAddress: plainAddress(clientAddress), userAgent: userAgent.slice(0, MAX_USER_AGENT) },
        },
        returnHeaders: true,
      })
      .catch((error: unknown) => {
        throw unwrapped(error)
      })
    // A link has an email of its own, or begins the account.
    if (isNewDevice && proof.method !== 'link') await announceNewDevice(id, plainAddress(clientAddress))
    return {
      person,
      session: { id: response.id, method: proof.method, signedInAt: at, freshAt: at },
      setCookies: [...headers.getSetCookie(), await knownDevices.remember(cookieHeader, person.email)],
      isNewDevice,
    }
  }

  async function find(cookieHeader: string | undefined): Promise<SignedIn | undefined> {
    if (!cookieHeader?.includes(SESSION_COOKIE)) return undefined
    const { headers, response } = await library.api
      .getSession({ headers: new Headers({ cookie: cookieHeader }), returnHeaders: true })
      .catch((error: unknown) => {
        throw unwrapped(error)
      })
    if (!response) return undefined
    const person = await people.get(response.user.id as PersonId)
    const setCookies = headers.getSetCookie()
    // The device stays known as long as its sessions are extended.
    if (setCookies.length > 0) setCookies.push(await knownDevices.remember(cookieHeader, person.email))
    const { id, method, signedInAt, freshAt } = response.session
    return { person, session: { id, method: method as Session['method'], signedInAt, freshAt }, setCookies }
  }

  function noteRefusal(error: unknown, client: SignInClient, method: RefusedAccess['method'] = 'password'): never {
    if (error instanceof AppError && REFUSALS.has(error.code)) {
      noteRefusedAccess({ clientAddress: plainAddress(client.clientAddress), method, reason: error.code })
    }
    throw error
  }

  return {
    open,

    async signIn(input) {
      const { email, cookieHeader } = input
      const clientAddress = clientSite(input.clientAddress)
      const deviceId = await knownDevices.find(cookieHeader, email)
      const opening = passwordQueue.run(
        async () => {
          const attempt = await limits.begin({ email, clientAddress, deviceId })
          try {
            const opened = await open(await checkPassword(input), { method: 'password' }, input)
            await logFailure(attempt.succeed)
            return opened
          } catch (error) {
            const code = error instanceof AppError ? error.code : undefined
            if (code === 'people.second_factor_needed') await logFailure(attempt.succeed)
            else if (code !== 'people.wrong_password') await logFailure(attempt.cancel)
            throw error
          }
        },
        deviceId === undefined
          ? { name: 'new-devices', client: clientAddress }
          : { name: 'known-devices', client: email.toLowerCase() },
      )
      return opening.catch((error: unknown) => noteRefusal(error, input))
    },

    async secondSteps({ browser }) {
      const { personId, expiresAt } = await pendingSignIns.get(browser)
      return { steps: await factors.secondSteps(personId), expiresAt }
    },

    async complete(code, client) {
      const pending = await pendingSignIns.get(client.browser)
      const { id, email } = await people.get(pending.personId)
      const checked = checkSecondStep({ id, email }, code, client)
      const secondFactor = await checked.catch((error: unknown) => noteRefusal(error, client, 'second-factor'))
      await pendingSignIns.use(client.browser!, pending)
      return open(id, { method: pending.method, secondFactor }, client)
    },

    async signInWithPasskey(response, client) {
      if (!client.browser) throw new AppError('people.passkey_refused')
      const accepted = passkeys.accept(response, client.browser)
      const id = await accepted.catch((error: unknown) => noteRefusal(error, client, 'passkey'))
      return open(id, { method: 'passkey' }, client)
    },

    find,

    findDevice: (cookieHeader) => knownDevices.identify(cookieHeader),

    async signOut(cookieHeader) {
      const { headers } = await library.api
        .signOut({
          headers: new Headers(cookieHeader === undefined ? {} : { cookie: cookieHeader }),
          returnHeaders: true,
        })
        .catch((error: unknown) => {
          throw unwrapped(error)
        })
      // The library doesn't report a failure to delete the session.
      if (await find(cookieHeader)) throw new AppError('database.unavailable')
      return { setCookies: headers.getSetCookie() }
    },
  }
}

/** Returns the cause of an error: the library wraps errors of our database in its own. */
function unwrapped(error: unknown): unknown {
  return error instanceof APIError && error.cause instanceof AppError ? error.cause : error
}
