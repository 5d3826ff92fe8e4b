import { z } from 'zod'

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
