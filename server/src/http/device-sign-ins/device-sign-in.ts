import { z } from 'zod'
import { Time } from '../fields.ts'

export const DeviceSignIn = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'done', 'failed']),
    requestedAddress: z.string(),
    userCode: z.string().optional().describe('To be typed at `verificationUri`, only by whoever asked for it.'),
    verificationUri: z.string(),
    expiresAt: Time,
    userName: z.string().optional().describe('Who signed in.'),
    reason: z.object({ code: z.string(), title: z.string(), fix: z.string() }).optional(),
  })
  .describe('A sign-in by a code that is typed elsewhere (RFC 8628).')
  .meta({ id: 'DeviceSignIn' })
