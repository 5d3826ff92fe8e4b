import { AppError } from '../../kernel/errors.ts'
import type { SecondFactorFor } from './missing-factor.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Maximum days until a second factor is required: later is not at all. */
export const MOST_FACTOR_DAYS = 30

/** Times from which a second factor is required. */
export interface FactorDates {
  from: Date | undefined
  /** An earlier time for admins, while everyone needs a factor. */
  adminsFrom: Date | undefined
}

export interface FactorChoice {
  secondFactorFor?: SecondFactorFor | undefined
  secondFactorFrom?: Date | undefined
}

/**
 * Returns the times after a choice, or undefined if they stay: the present choice again, without a time, moves none. Admins
 * keep an earlier time of their own. Only `no-one` suspends what admins already need.
 *
 * @throws {AppError} `people.factor_date_too_late`, `people.factor_date_without_people`
 */
export function factorDates(
  before: FactorDates & { for: SecondFactorFor },
  { secondFactorFor = before.for, secondFactorFrom }: FactorChoice,
  now: Date,
): FactorDates | undefined {
  if (!secondFactorFrom && secondFactorFor === before.for) return undefined
  if (secondFactorFrom && secondFactorFor === 'no-one') {
    throw new AppError('people.factor_date_without_people', { field: 'secondFactorFrom' })
  }
  if (secondFactorFrom && secondFactorFrom.getTime() > now.getTime() + MOST_FACTOR_DAYS * DAY_MS) {
    throw new AppError('people.factor_date_too_late', { field: 'secondFactorFrom' })
  }
  const chosen = secondFactorFrom && secondFactorFrom > now ? secondFactorFrom : now
  const ofAdmins = before.for === 'no-one' ? undefined : (before.adminsFrom ?? before.from)
  const kept = ofAdmins && ofAdmins < chosen ? ofAdmins : undefined
  if (secondFactorFor === 'everyone') return { from: chosen, adminsFrom: kept }
  if (secondFactorFor === 'no-one') return { from: chosen, adminsFrom: undefined }
  return { from: secondFactorFrom ? (kept ?? chosen) : (ofAdmins ?? chosen), adminsFrom: undefined }
}
