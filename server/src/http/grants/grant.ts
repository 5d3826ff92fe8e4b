import { z } from 'zod'
import { Time } from '../fields.ts'
import { OpenedEmailAccounts } from '../removal.ts'

export const Grant = z
  .object({
    id: z.string(),
    cloudProviderId: z.string(),
    tenantId: z.string(),
    objectId: z.string(),
    userName: z.string(),
    displayName: z.string(),
    scopesWanted: z.array(z.string()),
    scopesGranted: z.array(z.string()),
    refreshTokenAt: Time,
    createdAt: Time,
    ended: z
      .object({
        at: Time,
        upstream: z.object({ error: z.string().optional(), errorCodes: z.array(z.int()).optional() }).optional(),
      })
      .optional(),
  })
  .meta({ id: 'Grant' })

export const GrantRemoval = z
  .object({
    isPossible: z.boolean(),
    emailAccounts: OpenedEmailAccounts,
    openSignInLinks: z.int().describe('Links that would have renewed it. They end with it.'),
  })
  .meta({ id: 'GrantRemoval' })
