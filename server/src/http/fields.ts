import { z } from 'zod'
import { SCOPES } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'
import { SHOWN_AS_IT_IS } from '../kernel/shown-text.ts'
import { isTimeZone } from '../mail/index.ts'
import { TEXTS } from './texts.ts'

/** Fields shared by several resources. Inputs are strict: a misspelled name causes an error. */

/**
 * No control characters, so that a value can never become a header or a second line. No half of a surrogate pair,
 * because PostgreSQL can store neither that nor NUL.
 */
const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u

export const name = z.string().trim().min(1).max(200).regex(SHOWN_AS_IT_IS, TEXTS.shownLine)

export const line = z.string().regex(ONE_LINE, TEXTS.oneLine)

export const emailAddress = z.email().max(320)

/** A value wrapped in `Secret` at once, so that no output can print it. */
export function secret(min: number, max: number) {
  return z
    .string()
    .min(min)
    .max(max)
    .transform((text) => new Secret(text))
}

export const timeZoneName = z.string().max(64).refine(isTimeZone, TEXTS.timeZone)

export const Time = z.iso.datetime()

/** A time in a request, in any zone. */
export const zonedTime = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** An address in a response: the original name, and the addr-spec. */
export const Address = z.object({ name: z.string(), address: z.string() }).meta({ id: 'Address' })

/** An address in a request. */
export const NewAddress = z.strictObject({ name: line.max(200).default(''), address: emailAddress })

export const FaultyPart = z.enum(SCOPES).describe('Faulty part.')

export const Reason = z
  .object({
    code: z.string(),
    title: z.string(),
    remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']),
    scope: FaultyPart,
    fix: z.string(),
  })
  .meta({ id: 'Reason' })

export function page(most: number, usual: number) {
  return z.coerce.number().int().min(1).max(most).default(usual)
}
