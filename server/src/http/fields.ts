import { z } from 'zod'
import { Secret } from '../kernel/secret.ts'

/** Fields that several resources have. Inputs are strict: a misspelled name is told and not ignored. */

/**
 * No control characters, so that nothing of it can become a header or a second line anywhere, and no half of a
 * surrogate pair: PostgreSQL keeps neither that nor NUL.
 */
const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u
const ONE_LINE_IN_WORDS = 'one line without control characters'

/**
 * Besides, nothing that is invisible and changes what is seen: separators of lines and paragraphs, and the controls of
 * direction (UAX #9 §2), by which a name shows as another one. Names in scripts from right to left need none of them.
 */
const SHOWN_AS_IT_IS = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u
const SHOWN_IN_WORDS = 'one line without control characters, line separators and controls of direction'

export const name = z.string().trim().min(1).max(200).regex(SHOWN_AS_IT_IS, SHOWN_IN_WORDS)

export const line = z.string().regex(ONE_LINE, ONE_LINE_IN_WORDS)

export const emailAddress = z.email().max(320)

/** Not shown by anything that prints it, from the first moment on. */
export function secret(min: number, max: number) {
  return z
    .string()
    .min(min)
    .max(max)
    .transform((text) => new Secret(text))
}

export const Time = z.iso.datetime()

/** An Address in an answer: the name as somebody wrote it, the addr-spec. */
export const Address = z.object({ name: z.string(), address: z.string() }).meta({ id: 'Address' })

/** An Address in a request. */
export const NewAddress = z.strictObject({ name: line.max(200).default(''), address: emailAddress })

export const Reason = z
  .object({ code: z.string(), title: z.string(), remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']), fix: z.string() })
  .meta({ id: 'Reason' })

export function page(most: number, usual: number) {
  return z.coerce.number().int().min(1).max(most).default(usual)
}
