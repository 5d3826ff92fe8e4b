import { z } from 'zod'
import { freshPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { factorChange, RecoveryCodes, revealCodes } from './factor-change.ts'

export const createRecoveryCodes = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/account/recovery-codes',
    summary: 'Creates new recovery codes, shown once. The earlier ones become invalid.',
    authenticate: 'person',
    permit: freshPeople,
    validate: {},
    repeated: 'replaces',
    act: async (input) => ({
      recoveryCodes: revealCodes(await people.factors.createRecoveryCodes(factorChange(input))),
    }),
    present: { status: 201, schema: z.object({ recoveryCodes: RecoveryCodes }).meta({ id: 'NewRecoveryCodes' }) },
  })
