import { z } from 'zod'
import { Time } from '../fields.ts'

export const DeviceSignIn = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'done', 'failed']),
    requestedAddress: z.string(),
    userCode: z.string().optional().describe('Code to enter at `verificationUri`, only by the user who requested it.'),
    verificationUri: z.string(),
    expiresAt: Time,
    userName: z.string().optional().describe('User name that signed in.'),
    reason: z.object({ code: z.string(), title: z.string(), fix: z.string() }).optional(),
  })
  .describe('Sign-in by device code (RFC 8628).')
  .meta({ id: 'DeviceSignIn' })
