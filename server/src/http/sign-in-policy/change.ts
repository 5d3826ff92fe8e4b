import { z } from 'zod'
import type { PersonId } from '../../kernel/ids.ts'
import { MOST_BREAK_GLASS } from '../../people/index.ts'
import { personOf, toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { id } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SecondFactorFor, SignInPolicyAnswer } from './policy-schemas.ts'

const Admins = z.array(id<PersonId>()).max(MOST_BREAK_GLASS).optional()

export const changeSignInPolicy = ({ people }: Rooms) =>
  route({
    at: 'PATCH /v1/sign-in-policy',
    summary:
      'Changes how people may sign in. `onlyByProvider` ends the sessions that no provider has opened, except those of break-glass admins.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: {
      body: z.strictObject({
        onlyByProvider: z.boolean().optional(),
        secondFactorFor: SecondFactorFor.optional(),
        secondFactorFrom: Time.optional().describe(
          'Time from which the second factor is required, at most 30 days ahead, and not with `no-one`. Without it, an unchanged `secondFactorFor` keeps its times, and another one is required at once. Admins keep an earlier time.',
        ),
        breakGlass: z
          .strictObject({ add: Admins, remove: Admins })
          .optional()
          .describe(
            'Ids of admins who become break-glass admins, each with a passkey, or with a password and an authenticator app, and of those who no longer are.',
          ),
      }),
    },
    act: ({ body: { secondFactorFrom, ...body }, caller }) => {
      const { id: personId } = personOf(caller)
      const changes = { ...body, secondFactorFrom: secondFactorFrom ? new Date(secondFactorFrom) : undefined }
      return people.signInPolicy.change(changes, { actor: toActor(caller), personId })
    },
    present: { status: 200, schema: SignInPolicyAnswer },
  })
