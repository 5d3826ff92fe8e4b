import { z } from 'zod'
import { Time } from '../fields.ts'
import { alsoWithoutFactor, signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { factorChange } from './factor-change.ts'
import { Passkey } from './passkey-schemas.ts'

const Factors = z
  .object({
    appInUseSince: Time.optional().describe('Since when the authenticator app is in use; missing without one.'),
    passkeys: z.array(Passkey),
    recoveryCodesLeft: z.int().describe('Unused recovery codes.'),
  })
  .meta({ id: 'Factors' })

export const listFactors = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/account/factors',
    summary: 'Returns the sign-in factors of the signed-in person beside the password.',
    authenticate: 'person',
    permit: alsoWithoutFactor(signedInPeople),
    validate: {},
    act: (input) => people.factors.list(factorChange(input).id),
    present: { status: 200, schema: Factors },
  })
