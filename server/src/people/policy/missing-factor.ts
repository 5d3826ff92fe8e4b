import { sql } from 'kysely'

/** Hours from the first admin, or from the upgrade, until a second factor is required. */
const WEEK_HOURS = 7 * 24
/** Migration whose time is that of the upgrade. */
const MIGRATION = '0022_people_sign_in_policy.sql'

/** A second factor that a person must add. */
export interface MissingFactor {
  requiredFrom: Date
  /** True from then on: until a factor is added, the session can do nothing else. */
  isDue: boolean
}

/** People who need a second factor. */
export const SECOND_FACTOR_FOR = ['no-one', 'admins', 'everyone'] as const
export type SecondFactorFor = (typeof SECOND_FACTOR_FOR)[number]

export const DEFAULT_SECOND_FACTOR_FOR: SecondFactorFor = 'admins'

/** Time from which the policy requires a second factor. Null before the first person has joined. */
export const requiredFrom = sql<Date | null>`COALESCE((SELECT second_factor_from FROM sign_in_policy),
  (SELECT GREATEST(min(created_at), (SELECT applied_at FROM migrations WHERE name = ${sql.lit(MIGRATION)}))
    FROM users HAVING count(*) > 0) + ${sql.lit(`${WEEK_HOURS} hours`)}::interval)`

/** The same for admins, who may have needed a factor before everyone did. */
export const adminsRequiredFrom = sql<Date | null>`COALESCE((SELECT admins_from FROM sign_in_policy), ${requiredFrom})`

/** The same for a person of `users`. Null if the policy requires none of them. */
export const personRequiredFrom = sql<Date | null>`(
  SELECT CASE
    WHEN needed <> 'no-one' AND users.role = 'admin' THEN ${adminsRequiredFrom}
    WHEN needed = 'everyone' THEN ${requiredFrom}
  END
  FROM (SELECT COALESCE((SELECT second_factor_for FROM sign_in_policy), ${sql.lit(DEFAULT_SECOND_FACTOR_FOR)}) AS needed) AS policy
)`

/** True for a person of `users` with a passkey or an authenticator app. */
export const hasSecondFactor = sql<boolean>`(EXISTS (SELECT FROM passkeys WHERE passkeys.user_id = users.id)
  OR EXISTS (SELECT FROM authenticator_apps AS apps WHERE apps.user_id = users.id AND apps.in_use_since IS NOT NULL))`

/** True for a person of `users` who can sign in without a provider by two factors. */
export const hasTwoFactors = sql<boolean>`(EXISTS (SELECT FROM passkeys WHERE passkeys.user_id = users.id)
  OR EXISTS (SELECT FROM authenticator_apps AS apps WHERE apps.user_id = users.id AND apps.in_use_since IS NOT NULL)
    AND EXISTS (SELECT FROM sign_in_methods AS methods WHERE methods.user_id = users.id
      AND methods.provider_id = 'credential'))`

/** True for a person of `users` whom the policy names as a break-glass admin. */
export const isBreakGlass = sql<boolean>`EXISTS (SELECT FROM break_glass_admins AS named WHERE named.user_id = users.id)`

/**
 * Time from which a session of `sessions` and `users` lacks a second factor; null if nothing is missing. A provider has its
 * own policy. A break-glass admin always needs one while others can't use a password.
 */
export const factorMissingFrom = sql<Date | null>`CASE
  WHEN sessions.method = 'openid' OR ${hasSecondFactor} THEN NULL
  WHEN ${isBreakGlass} AND EXISTS (SELECT FROM sign_in_policy WHERE only_by_provider) THEN sessions.signed_in_at
  ELSE ${personRequiredFrom}
END`

export function missingFactor(from: Date | null, now: Date): MissingFactor | undefined {
  return from === null ? undefined : { requiredFrom: from, isDue: from.getTime() <= now.getTime() }
}
