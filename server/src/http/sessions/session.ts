import { z } from 'zod'
import { SECOND_FACTORS, SIGN_IN_METHODS } from '../../people/index.ts'
import { Time } from '../fields.ts'

export const ListedSession = z
  .object({
    id: z.string(),
    isCurrent: z.boolean().describe('The session of this request.'),
    method: z.enum(SIGN_IN_METHODS).describe('`link`: an invitation, or a link for a new password.'),
    secondFactor: z.enum(SECOND_FACTORS).optional(),
    clientAddress: z.string().describe('Address of the sign-in.'),
    device: z
      .object({ browser: z.string().optional(), system: z.string().optional() })
      .describe('As the browser named itself at the sign-in.'),
    signedInAt: Time,
    lastSeenAt: Time.describe('Last request of a person, exact to five minutes.'),
    expiresAt: Time.describe('End without further use. Use defers it, up to 30 days after the sign-in.'),
  })
  .meta({ id: 'ListedSession' })

export const EndedSessions = z.object({ ended: z.int().describe('Number of sessions.') })
