import { z } from 'zod'
import type { EmailAccountId, PrincipalRequestId } from '../../kernel/ids.ts'
import { Time } from '../fields.ts'
import { id } from '../ids.ts'

export const PrincipalRequest = z
  .object({
    id: z.string(),
    emailAccountId: z.string(),
    expectedGrantId: z.string().describe('User of the grant to be renewed.'),
    tenantId: z.string(),
    objectId: z.string(),
    userName: z.string(),
    displayName: z.string(),
    startedBy: z.string().describe('Actor who started the sign-in: `person:…`, or `link:…` for a guest.'),
    createdAt: Time,
    expiresAt: Time,
  })
  .describe('A different user signed in and can open the mailbox; an admin accepts or declines.')
  .meta({ id: 'PrincipalRequest' })

export const requestParams = z.strictObject({ id: id<EmailAccountId>(), requestId: id<PrincipalRequestId>() })
