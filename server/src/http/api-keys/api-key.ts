import { z } from 'zod'
import { API_KEY_SCOPES } from '../../people/index.ts'
import { Time } from '../fields.ts'

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('First characters of the key, to tell keys apart.'),
    scopes: z.array(z.enum(API_KEY_SCOPES)),
    emailAccountIds: z.union([z.literal('all'), z.array(z.string())]),
    allowedNetworks: z.array(z.string()).describe('Networks from which the key is accepted; empty: from everywhere.'),
    createdBy: z.string().describe('The owner: the key is revoked when they are removed or no longer an admin.'),
    createdByName: z.string(),
    createdAt: Time,
    expiresAt: Time.optional().describe('Absent for a key that never expires.'),
    lastUsedAt: Time.optional().describe(
      'Exact to the minute. Uses after the expiry or from another network don’t count.',
    ),
    revokedAt: Time.optional(),
  })
  .meta({ id: 'ApiKey' })
