import type { IdentityProviderId } from '../kernel/ids.ts'

/** Ways to prove an identity. `link`: an invitation, or a link for a new password. */
export const SIGN_IN_METHODS = ['password', 'passkey', 'openid', 'link'] as const
export const SECOND_FACTORS = ['totp', 'recovery-code'] as const

/** A session as stored. */
export interface Session {
  id: string
  method: (typeof SIGN_IN_METHODS)[number]
  signedInAt: Date
  /** When the person last proved their identity. */
  freshAt: Date
  /** True within {@link FRESH_MS} after that: the session can do what grants access. */
  isFresh: boolean
}

/** Proof of the identity of a person. */
export interface SignInProof {
  method: Session['method']
  secondFactor?: (typeof SECOND_FACTORS)[number]
  /** The provider of a proof by `openid`. */
  identityProviderId?: IdentityProviderId
  /** Age of the proof, if it wasn't given just now. `Infinity` if unknown: the session then isn't fresh. */
  ageMs?: number | undefined
}

/** The browser of a request. */
export interface SignInClient {
  /** Network address; wrong passwords are counted by its network. */
  clientAddress: string
  userAgent?: string | undefined
  cookieHeader?: string | undefined
  /** Hash that identifies the browser, with or without a sign-in. A second step needs it. */
  browser?: Uint8Array | undefined
}

/** Why a session ended before its time. */
export type SessionEnd =
  | 'signed-out'
  | 'ended'
  | 'too-many'
  | 'password-changed'
  | 'password-reset'
  | 'reset-link'
  | 'factor-removed'
  | 'role-changed'
  | 'claim-lost'
  | 'identity-removed'
  | 'provider-disabled'
  | 'provider-removed'
  | 'policy-changed'
  | 'removed'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Period in which a proof of identity permits sensitive actions. */
export const FRESH_MS = 10 * MINUTE_MS
/** Longest life of a session, however much it is used. */
export const LIFETIME_MS = 30 * DAY_MS
/** Longest time without use. */
const IDLE_MS = { admin: 12 * HOUR_MS, others: 7 * DAY_MS }

/** Returns the end of a session that is used now. */
export function endOfSession(role: string, signedInAt: Date, now: Date): Date {
  const idle = role === 'admin' ? IDLE_MS.admin : IDLE_MS.others
  return new Date(Math.min(signedInAt.getTime() + LIFETIME_MS, now.getTime() + idle))
}
