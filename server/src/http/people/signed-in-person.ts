import { z } from 'zod'
import { Time } from '../fields.ts'
import { Person } from './person.ts'

/** The person of a session, with what the session lacks. */
export const SignedInPerson = Person.extend({
  missingFactor: z
    .object({
      requiredFrom: Time,
      isDue: z
        .boolean()
        .describe('True once the time has come: until a factor is added, other requests get people.factor_required.'),
    })
    .optional()
    .describe('The second factor that the sign-in policy requires, and the person does not have yet.'),
}).meta({ id: 'SignedInPerson' })
