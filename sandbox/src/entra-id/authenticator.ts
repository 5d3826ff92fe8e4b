import { TOTP, Secret } from 'otpauth'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { User } from '../tenants/index.ts'

const PERIOD_SECONDS = 30

/** Current code of the user's authenticator and its remaining seconds; `undefined` without MFA (RFC 6238). */
export function currentMfaCode(user: User, clock: Clock): { code: string; secondsLeft: number } | undefined {
  if (user.mfaSecret === undefined) return undefined
  const timestamp = clock.now().getTime()
  return {
    code: totpOf(user.mfaSecret).generate({ timestamp }),
    secondsLeft: PERIOD_SECONDS - (Math.floor(timestamp / 1000) % PERIOD_SECONDS),
  }
}

/** Secret that an authenticator receives at registration. */
export function newMfaSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** Checks codes of authenticators; each code is valid once. */
export interface MfaCheck {
  accept(user: User, code: string): boolean
}

export function createMfaCheck(database: Database, clock: Clock): MfaCheck {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS mfa_uses (user_id TEXT PRIMARY KEY, last_step INTEGER NOT NULL) STRICT`)

  return {
    accept(user, code) {
      if (user.mfaSecret === undefined) return false
      const timestamp = clock.now().getTime()
      const delta = totpOf(user.mfaSecret).validate({ token: code.replace(/\s/g, ''), timestamp, window: 1 })
      if (delta === null) return false
      const step = Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta
      const { changes } = database.run(
        `INSERT INTO mfa_uses VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET last_step = excluded.last_step
         WHERE last_step < excluded.last_step`,
        user.id,
        step,
      )
      return changes === 1
    },
  }
}

function totpOf(secret: string): TOTP {
  return new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD_SECONDS, digits: 6, algorithm: 'SHA1' })
}
