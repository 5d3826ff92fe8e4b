import { z, type ZodType } from 'zod'

/** Parts of the JSON of several verbs. */

/** Reason of a state, as stored. */
export const Reason = z.strictObject({
  code: z.string(),
  title: z.string(),
  remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']),
  scope: z.string(),
  fix: z.string(),
})

/** A time in ISO 8601. */
export const Time = z.iso.datetime()

export const Outcome = z.enum(['ok', 'wrong', 'not-tried'])

/** `value` as the JSON of a verb. Fields that the shape lacks are left out, so that none becomes public by accident. */
export function toJson(shape: ZodType, value: unknown): string {
  return JSON.stringify(shape.parse(JSON.parse(JSON.stringify(value))))
}
