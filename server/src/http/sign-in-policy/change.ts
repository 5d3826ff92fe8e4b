import { z } from 'zod'
import type { PersonId } from '../../kernel/ids.ts'
import { personOf, toActor } from '../caller.ts'
import { id } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SecondFactorFor, SignInPolicyAnswer } from './policy-schemas.ts'

/** Maximum break-glass admins: each is an exception. */
const MOST_BREAK_GLASS = 10

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
        breakGlass: z
          .array(id<PersonId>())
          .max(MOST_BREAK_GLASS)
          .optional()
          .describe(
            'Ids of all break-glass admins: admins with a passkey, or with a password and an authenticator app.',
          ),
      }),
    },
    act: ({ body, caller }) => {
      const { id: personId, session } = personOf(caller)
      return people.signInPolicy.change(body, { actor: toActor(caller), session: { personId, method: session.method } })
    },
    present: { status: 200, schema: SignInPolicyAnswer },
  })
