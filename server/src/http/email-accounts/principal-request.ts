import { z } from 'zod'
import type { EmailAccountId, PrincipalRequestId } from '../../kernel/ids.ts'
import { Time } from '../fields.ts'
import { id } from '../ids.ts'

export const PrincipalRequest = z
  .object({
    id: z.string(),
    emailAccountId: z.string(),
    expectedGrantId: z.string().describe('Whose sign-in was to be renewed.'),
    tenantId: z.string(),
    objectId: z.string(),
    userName: z.string(),
    displayName: z.string(),
    startedBy: z.string().describe('Who began the sign-in: `person:…`, or `link:…` for a guest.'),
    createdAt: Time,
    expiresAt: Time,
  })
  .describe('Somebody else signed in for the mailbox than whoever opens it, and could open it if an admin says so.')
  .meta({ id: 'PrincipalRequest' })

export const requestParams = z.strictObject({ id: id<EmailAccountId>(), requestId: id<PrincipalRequestId>() })
