import { z } from 'zod'
import { line, Time } from '../fields.ts'
import { TEXTS } from '../texts.ts'

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, TEXTS.timeOfDay)

const hours = {
  answers: z.enum(['within', 'outside']).describe('`within`: answers within the hours; `outside`: at all other times.'),
  days: z.array(z.int().min(1).max(7)).min(1).max(7).describe('From 1 for Monday to 7 for Sunday.'),
  from: time,
  to: time.describe('Before `from`: on the next morning.'),
  timeZone: line.min(1).max(64).describe('Name in the time zone database, such as Europe/Berlin.'),
}

const PLACEHOLDERS = 'With {name}, {subject} and {mailbox}, which are cut to one line without links.'

const fields = {
  isOn: z.boolean(),
  subject: line.min(1).max(500).describe(PLACEHOLDERS),
  text: z.string().min(1).max(20_000).describe(PLACEHOLDERS),
}

export const AutomaticReply = z
  .object({
    ...fields,
    hours: z.object(hours).optional().describe('Without hours it answers at any time.'),
    since: Time.describe('Mail received earlier is not answered.'),
  })
  .meta({ id: 'AutomaticReply' })

export const NewAutomaticReply = z.strictObject({ ...fields, hours: z.strictObject(hours).optional() })
