import type { Person } from './person.ts'

/** Somebody signed in, and the `Set-Cookie` lines that the browser must get. */
export interface SignedIn {
  person: Person
  setCookies: readonly string[]
}

export interface Sessions {
  /** Wrong password, unknown address and a person who left get the same answer. `clientAddress` is for counting tries. */
  signIn(input: {
    email: string
    password: string
    clientAddress: string
    userAgent?: string | undefined
  }): Promise<SignedIn>
  /** Who the cookies of a request belong to; `setCookies` when the session was prolonged. */
  find(cookieHeader: string | undefined): Promise<SignedIn | undefined>
  signOut(cookieHeader: string | undefined): Promise<{ setCookies: readonly string[] }>
}
