import { z } from 'zod'
import { API_KEY_SCOPES } from '../../people/index.ts'
import { Time } from '../shapes.ts'

/** API key without its value. */
export const PrintedApiKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(API_KEY_SCOPES)),
  emailAccountIds: z.union([z.literal('all'), z.array(z.string())]),
  allowedNetworks: z.array(z.string()),
  createdBy: z.string(),
  createdByName: z.string(),
  createdAt: Time,
  expiresAt: Time.optional(),
  lastUsedAt: Time.optional(),
  revokedAt: Time.optional(),
})
