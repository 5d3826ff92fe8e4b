/**
 * Audit entries of failed sign-ins. Anyone can cause them, so their number is limited: per IPv4 address or IPv6 /48, so that one
 * attacker hides no other, and in total, so that many don't fill the table.
 */
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { Audit } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import { clientNetwork, clientSite } from '../kernel/client-network.ts'
import type { Log } from '../kernel/log.ts'
import { createAttemptLimiter } from './attempt-limiter.ts'
import { deviceName } from './devices.ts'
import type { SignInClient } from './session.ts'
import type { LimitName } from './sign-in-limits.ts'

const HOUR_SECONDS = 60 * 60
/** Entries per hour. */
const MOST = {
  'entries-of-network': { points: 20, duration: HOUR_SECONDS },
  'entries-of-failures': { points: 300, duration: HOUR_SECONDS },
  'entries-of-locks': { points: 60, duration: HOUR_SECONDS },
} as const

/** Step of a sign-in that was wrong: the password, or the code of a second factor. */
export type FactorUse = 'sign-in' | 'second-step' | 'confirmation' | 'password-change'

export interface FailedSignIn extends SignInClient {
  email: string
  /** Id of the person with this address. */
  personId: string | undefined
  use: FactorUse
  reached: readonly LimitName[]
}

export interface SignInRecordsDeps {
  database: Database
  audit: Audit
  log: Log
}

export interface SignInRecords {
  /** Records a wrong password or code. Its answer doesn't depend on the entry: a failure is logged. */
  failed(failure: FailedSignIn): Promise<void>
}

export function createSignInRecords({ database, audit, log }: SignInRecordsDeps): SignInRecords {
  const limiters = {
    network: createAttemptLimiter(database, 'entries-of-network', MOST['entries-of-network']),
    failures: createAttemptLimiter(database, 'entries-of-failures', MOST['entries-of-failures']),
    locks: createAttemptLimiter(database, 'entries-of-locks', MOST['entries-of-locks']),
  }

  /** Returns how many entries may follow; undefined when this one may not be written. */
  async function take(name: keyof typeof limiters, key: string): Promise<number | undefined> {
    try {
      return (await limiters[name].consume(key)).remainingPoints
    } catch (reason) {
      // The library rejects with its result at the limit, and with the error of the database.
      if (reason instanceof RateLimiterRes) return undefined
      throw reason
    }
  }

  async function record({ email, personId, use, reached, ...client }: FailedSignIn): Promise<void> {
    const network = clientNetwork(client.clientAddress)
    const of = {
      actor: use === 'sign-in' || use === 'second-step' ? 'anonymous' : `person:${personId ?? ''}`,
      subject: personId ?? 'unknown',
    }
    // An unknown address isn't kept: people type passwords into the wrong field.
    const from = { ...(personId !== undefined && { email }), network, device: deviceName(client.userAgent) }
    const left = await take('network', clientSite(client.clientAddress))
    const leftOfAll = left === undefined ? undefined : await take('failures', 'all')
    if (left !== undefined && leftOfAll !== undefined) {
      const isLast = left === 0 || leftOfAll === 0
      await audit.record(database.db, { ...of, action: 'sign_in.failed', detail: { ...from, use, isLast } })
    }
    if (reached.length > 0 && (await take('locks', 'all')) !== undefined) {
      // The widest one: it also refuses whom the others don't.
      await audit.record(database.db, { ...of, action: 'sign_in.locked', detail: { ...from, limit: reached[0]! } })
    }
  }

  return {
    async failed(failure) {
      await record(failure).catch((err: unknown) => log.warn({ err }, 'A failed sign-in could not be recorded'))
    },
  }
}
