import { APIError } from 'better-auth'
import { AppError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import { SESSION_COOKIE, type SignInLibrary } from './sign-in-library.ts'
import type { People } from './people.ts'
import type { Person } from './person.ts'
import type { PasswordQueue } from './password-queue.ts'
import type { KnownDevices } from './known-devices.ts'
import type { SignInLimits } from './sign-in-limits.ts'

/** A signed-in person, and the `Set-Cookie` lines that the browser must get. */
export interface SignedIn {
  person: Person
  setCookies: readonly string[]
}

export interface SignInInput {
  email: string
  password: Secret
  cookieHeader?: string | undefined
}

export interface Sessions {
  /**
   * Signs in. Wrong passwords, unknown addresses and removed people get the same error. Attempts are counted by
   * `clientAddress`, or by the device if `cookieHeader` proves an earlier sign-in of this account.
   */
  signIn(input: SignInInput & { clientAddress: string }): Promise<SignedIn>
  /**
   * Signs in after a link was used. This isn't a password guess, so it isn't counted and the attempts for that account
   * are forgotten.
   */
  signInByLink(input: SignInInput & { clientAddress: string }): Promise<SignedIn>
  /**
   * Returns the person of a request's cookies, with `setCookies` when the session was extended; undefined without a
   * valid session.
   */
  find(cookieHeader: string | undefined): Promise<SignedIn | undefined>
  /** Returns an id of the device, if its cookie proves an earlier sign-in of any account. */
  findDevice(cookieHeader: string | undefined): Promise<string | undefined>
  signOut(cookieHeader: string | undefined): Promise<{ setCookies: readonly string[] }>
}

export function createSessions({
  library,
  people,
  passwordQueue,
  limits,
  knownDevices,
  log,
}: {
  library: SignInLibrary
  people: People
  passwordQueue: PasswordQueue
  limits: SignInLimits
  knownDevices: KnownDevices
  log: Log
}): Sessions {
  /** A sign-in doesn't fail because attempts could not be canceled or forgotten: they expire. */
  async function logFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (err) {
      log.warn({ err }, 'Counted sign-in attempts could not be removed')
    }
  }

  async function begin({ email, password, cookieHeader }: SignInInput): Promise<SignedIn> {
    const { headers, response } = await library.api
      .signInEmail({ body: { email, password: password.reveal() }, returnHeaders: true })
      .catch((error: unknown) => {
        if (error instanceof APIError && error.statusCode < 500) throw new AppError('people.wrong_password')
        throw unwrapped(error)
      })
    return {
      person: await people.get(response.user.id as PersonId),
      setCookies: [...headers.getSetCookie(), await knownDevices.remember(cookieHeader, email)],
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
    return { person, setCookies }
  }

  return {
    async signIn(input) {
      const { email, clientAddress, cookieHeader } = input
      const deviceId = await knownDevices.find(cookieHeader, email)
      return passwordQueue.run(
        async () => {
          const attempt = await limits.begin({ email, clientAddress, deviceId })
          try {
            const signedIn = await begin(input)
            await logFailure(attempt.succeed)
            return signedIn
          } catch (error) {
            const isWrong = error instanceof AppError && error.code === 'people.wrong_password'
            if (!isWrong) await logFailure(attempt.cancel)
            throw error
          }
        },
        deviceId === undefined
          ? { name: 'new-devices', client: clientAddress }
          : { name: 'known-devices', client: email.toLowerCase() },
      )
    },

    async signInByLink(input) {
      await logFailure(() => limits.forget(input.email, input.clientAddress))
      // Its password was hashed in the queue just before; a refusal now would come after the link is used up.
      return passwordQueue.runAdmitted(() => begin(input))
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
