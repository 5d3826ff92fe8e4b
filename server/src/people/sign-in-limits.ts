import { RateLimiterRes, type RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { createAttemptLimiter } from './attempt-limiter.ts'
import { createKeyedHash } from './keyed-hash.ts'
import type { Session } from './session.ts'

const MINUTE_SECONDS = 60

/** Wrong passwords in a window of time, which starts with the first one. */
const LIMITS = {
  /** One account, on one known device. */
  knownDevice: { points: 10, duration: 15 * MINUTE_SECONDS },
  /** One account, on all its known devices. No other limits apply to them. */
  knownDevices: { points: 30, duration: 15 * MINUTE_SECONDS },
  /** One account, from one client network. */
  accountAndNetwork: { points: 10, duration: 15 * MINUTE_SECONDS },
  /** Second factors of one account, from all networks: 50 of a million codes a day. */
  codes: { points: 50, duration: 24 * 60 * MINUTE_SECONDS },
  /** All accounts, from one client network. */
  network: { points: 50, duration: 15 * MINUTE_SECONDS },
  /** One account, from all networks. */
  account: { points: 100, duration: 60 * MINUTE_SECONDS },
  /** All accounts, from all networks. It also limits the rows that attacks can create. */
  installation: { points: 1000, duration: 15 * MINUTE_SECONDS },
} as const

/** Sign-ins that succeed, of each method: more than a person makes, and few rows for one who fills the audit list. */
const SIGN_INS = {
  /** One account, on devices that are new to it. */
  'sign-ins-on-new-devices': { points: 60, duration: 60 * MINUTE_SECONDS },
  /** One account, on all its known devices. */
  'sign-ins-on-known-devices': { points: 120, duration: 60 * MINUTE_SECONDS },
} as const

export type LimitName = keyof typeof LIMITS

const FORGOTTEN_AFTER_SUCCESS: ReadonlySet<LimitName> = new Set(['knownDevice', 'accountAndNetwork', 'codes'])

export interface SignInAttempt {
  email: string
  clientAddress: string
  /** Set if a person has signed in to this account on this device before. */
  deviceId: string | undefined
  /** A second factor, after a right password. Counted apart from passwords, so that none of them refuses it. */
  secondFactor?: 'totp' | 'recovery-code' | 'new-app'
}

/** A sign-in that succeeds. */
export interface CountedSignIn extends Pick<SignInAttempt, 'email' | 'deviceId'> {
  method: Exclude<Session['method'], 'link'>
}

export interface CountedAttempt {
  /** Limits that this attempt has reached: the next one is refused. */
  reached: readonly LimitName[]
  /** After a right password: cancels the attempt, and forgets earlier ones on this device or from this network. */
  succeed: () => Promise<void>
  /** Cancels the attempt alone. */
  cancel: () => Promise<void>
}

export interface SignInLimits {
  /**
   * Counts an attempt before its password is checked, so that concurrent ones count in all processes.
   *
   * @throws {AppError} `people.too_many_tries`
   */
  begin(attempt: SignInAttempt): Promise<CountedAttempt>
  /**
   * Counts a sign-in with a right password, a passkey, or an account of a provider. Each method is counted apart, so that a
   * known password doesn't use up the others.
   *
   * @throws {AppError} `people.too_many_sign_ins`
   */
  countSignIn(signIn: CountedSignIn): Promise<void>
  /** Forgets the attempts for an account after a link was used. */
  forget(email: string, clientAddress: string): Promise<void>
}

export function createSignInLimits(database: Pick<Database, 'db'>, secret: Secret): SignInLimits {
  const hash = createKeyedHash(secret)
  const limiters = Object.fromEntries(
    Object.entries(LIMITS).map(([name, limit]) => [name, createAttemptLimiter(database, name, limit)]),
  ) as Record<LimitName, RateLimiterPostgres>

  const signIns = {
    onNewDevices: createAttemptLimiter(database, 'sign-ins-on-new-devices', SIGN_INS['sign-ins-on-new-devices']),
    onKnownDevices: createAttemptLimiter(database, 'sign-ins-on-known-devices', SIGN_INS['sign-ins-on-known-devices']),
  }

  const accountOf = (email: string) => email.toLowerCase()

  /** From the widest to the narrowest. */
  function keysOf({ email, clientAddress, deviceId, secondFactor }: SignInAttempt): [LimitName, string][] {
    const account = secondFactor ? `${secondFactor} of ${accountOf(email)}` : accountOf(email)
    if (deviceId !== undefined) {
      return [
        ['knownDevices', hash(account)],
        ['knownDevice', hash(account, deviceId)],
      ]
    }
    if (secondFactor) {
      return [
        // Recovery codes can't be guessed, and others must not use up their limit.
        ...(secondFactor !== 'recovery-code' ? [['codes', hash(account)] satisfies [LimitName, string]] : []),
        ['accountAndNetwork', hash(account, clientAddress)],
      ]
    }
    return [
      ['installation', 'all'],
      ['account', hash(account)],
      ['network', hash(clientAddress)],
      ['accountAndNetwork', hash(account, clientAddress)],
    ]
  }

  async function cancel(keys: [LimitName, string][]): Promise<void> {
    for (const [name, key] of keys) await limiters[name].reward(key)
  }

  return {
    async begin(attempt) {
      const keys = keysOf(attempt)
      // A refused attempt isn't counted: otherwise one blocked client would use up the limits of all others.
      for (const [name, key] of keys.toReversed()) {
        const used = await limiters[name].get(key)
        if (!used) continue
        const { points, duration } = LIMITS[name]
        // The clock was ahead when the window began. Twice the duration, because clocks of servers differ.
        if (used.msBeforeNext > 2 * duration * 1000) await limiters[name].delete(key)
        else if (used.consumedPoints >= points) throw tooMany(used)
      }
      const reached: LimitName[] = []
      for (const [index, [name, key]] of keys.entries()) {
        try {
          const { remainingPoints } = await limiters[name].consume(key)
          if (remainingPoints === 0) reached.push(name)
        } catch (reason) {
          // The library rejects with its result at the limit, and with the error of the database.
          if (!(reason instanceof RateLimiterRes)) throw reason
          await cancel(keys.slice(0, index))
          throw tooMany(reason)
        }
      }

      return {
        reached,
        succeed: async () => {
          for (const [name, key] of keys) {
            if (FORGOTTEN_AFTER_SUCCESS.has(name)) await limiters[name].delete(key)
            else await limiters[name].reward(key)
          }
        },
        cancel: () => cancel(keys),
      }
    },

    async countSignIn({ email, deviceId, method }) {
      const limiter = deviceId === undefined ? signIns.onNewDevices : signIns.onKnownDevices
      try {
        await limiter.consume(hash(accountOf(email), method))
      } catch (reason) {
        if (!(reason instanceof RateLimiterRes)) throw reason
        throw new AppError('people.too_many_sign_ins', { retryAfterSeconds: secondsUntil(reason) })
      }
    },

    async forget(email, clientAddress) {
      const account = accountOf(email)
      await limiters.account.delete(hash(account))
      await limiters.knownDevices.delete(hash(account))
      await limiters.accountAndNetwork.delete(hash(account, clientAddress))
    },
  }
}

function tooMany(reached: RateLimiterRes): AppError {
  return new AppError('people.too_many_tries', { retryAfterSeconds: secondsUntil(reached) })
}

function secondsUntil({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000))
}
