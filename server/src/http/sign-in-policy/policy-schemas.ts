import { z } from 'zod'
import { ROLES, SECOND_FACTOR_FOR } from '../../people/index.ts'
import { Time } from '../fields.ts'

const PolicyPerson = { id: z.string(), name: z.string(), email: z.string() }

export const SecondFactorFor = z
  .enum(SECOND_FACTOR_FOR)
  .describe('People who need a second factor in addition to a password. A sign-in by a provider counts as two factors.')

export const SignInPolicyAnswer = z
  .object({
    onlyByProvider: z
      .boolean()
      .describe('True if sessions are opened only by sign-in providers, except those of break-glass admins.'),
    secondFactorFor: SecondFactorFor,
    secondFactorFrom: Time.optional().describe('Time from which the second factor is required.'),
    adminsSecondFactorFrom: Time.optional().describe(
      'Time from which it is required of admins, if `secondFactorFor` is `everyone` and admins have an earlier time.',
    ),
    admins: z.array(
      z.object({
        ...PolicyPerson,
        isBreakGlass: z.boolean(),
        hasTwoFactors: z.boolean().describe('True with a passkey, or with a password and an authenticator app.'),
      }),
    ),
  })
  .meta({ id: 'SignInPolicy' })

export const SignInPolicyPreview = z
  .object({
    lockedOut: z
      .array(z.object(PolicyPerson))
      .describe('People without an identity at an enabled provider who are not break-glass admins.'),
    sessions: z.int().describe('Sessions that would end.'),
    withoutFactor: z
      .array(
        z.object({
          ...{ ...PolicyPerson, role: z.enum(ROLES) },
          signsInByProvider: z
            .boolean()
            .describe('True with an identity at an enabled provider: a sign-in by it needs no second factor.'),
        }),
      )
      .describe('People with a password that signs them in, and without a second factor.'),
  })
  .meta({ id: 'SignInPolicyPreview' })
