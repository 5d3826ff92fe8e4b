import { APIError } from 'better-auth'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { SESSION_COOKIE, type SignInLibrary } from './sign-in-library.ts'
import type { People } from './people.ts'
import type { Person } from './person.ts'
import type { PasswordQueue } from './password-queue.ts'
import { createSignInTries } from './sign-in-tries.ts'

/** Somebody signed in, and the `Set-Cookie` lines that the browser must get. */
export interface SignedIn {
  person: Person
  setCookies: readonly string[]
}

export interface Sessions {
  /** Wrong password, unknown address and a person who left get the same answer. `clientAddress` is for counting tries. */
  signIn(input: { email: string; password: Secret; clientAddress: string }): Promise<SignedIn>
  /** After a link was used: no try at guessing, so it is not counted, and the tries of that address are forgotten. */
  signInByLink(input: { email: string; password: Secret }): Promise<SignedIn>
  /** Who the cookies of a request belong to; `setCookies` when the session was prolonged. */
  find(cookieHeader: string | undefined): Promise<SignedIn | undefined>
  signOut(cookieHeader: string | undefined): Promise<{ setCookies: readonly string[] }>
}

export function createSessions({
  library,
  clock,
  people,
  passwordQueue,
}: {
  library: SignInLibrary
  clock: Clock
  people: People
  passwordQueue: PasswordQueue
}): Sessions {
  const tries = createSignInTries(clock)

  async function begin(email: string, password: Secret): Promise<SignedIn> {
    const { headers, response } = await library.api
      .signInEmail({ body: { email, password: password.reveal() }, returnHeaders: true })
      .catch((error: unknown) => {
        if (error instanceof APIError && error.statusCode < 500) throw new AppError('people.wrong_password')
        throw unwrapped(error)
      })
    return { person: await people.get(response.user.id as PersonId), setCookies: headers.getSetCookie() }
  }

  async function find(cookieHeader: string | undefined): Promise<SignedIn | undefined> {
    if (!cookieHeader?.includes(SESSION_COOKIE)) return undefined
    const { headers, response } = await library.api
      .getSession({ headers: new Headers({ cookie: cookieHeader }), returnHeaders: true })
      .catch((error: unknown) => {
        throw unwrapped(error)
      })
    if (!response) return undefined
    return { person: await people.get(response.user.id as PersonId), setCookies: headers.getSetCookie() }
  }

  return {
    signIn: ({ email, password, clientAddress }) =>
      passwordQueue.run(async () => {
        tries.begin(email, clientAddress)
        const signedIn = await begin(email, password)
        tries.succeeded(email, clientAddress)
        return signedIn
      }, clientAddress),

    signInByLink({ email, password }) {
      tries.forget(email)
      // Its password was hashed in the queue just before; a refusal now would come after the link is used up.
      return passwordQueue.runAdmitted(() => begin(email, password))
    },

    find,

    async signOut(cookieHeader) {
      const { headers } = await library.api
        .signOut({
          headers: new Headers(cookieHeader === undefined ? {} : { cookie: cookieHeader }),
          returnHeaders: true,
        })
        .catch((error: unknown) => {
          throw unwrapped(error)
        })
      // The library keeps to itself that it could not delete the session.
      if (await find(cookieHeader)) throw new AppError('database.unavailable')
      return { setCookies: headers.getSetCookie() }
    },
  }
}

/** The library puts what our database throws into an error of its own, as its cause. */
function unwrapped(error: unknown): unknown {
  return error instanceof APIError && error.cause instanceof AppError ? error.cause : error
}
