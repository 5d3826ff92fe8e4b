import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import {
  API_KEY_SCOPES,
  DEFAULT_KEY_LIFETIME,
  expectedNetwork,
  KEY_LIFETIMES,
  MAX_KEY_NETWORKS,
  needsAllAccounts,
} from '../../people/index.ts'
import { name } from '../fields.ts'
import { id } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { ApiKey } from './api-key.ts'

const NewApiKey = z
  .strictObject({
    name,
    scopes: z.array(z.enum(API_KEY_SCOPES)).min(1),
    emailAccountIds: z.union([z.literal('all'), z.array(id<EmailAccountId>()).min(1).max(1000)]),
    expiresAfter: z.enum(KEY_LIFETIMES).default(DEFAULT_KEY_LIFETIME),
    allowedNetworks: z
      .array(
        z
          .string()
          .max(49)
          .refine((entry) => expectedNetwork(entry) === undefined, {
            error: ({ input }) => expectedNetwork(input as string),
          }),
      )
      .max(MAX_KEY_NETWORKS)
      .default([])
      .describe('Addresses or networks (CIDR) from which the key is accepted. Empty: from everywhere.'),
  })
  .refine(({ scopes, emailAccountIds }) => emailAccountIds === 'all' || !needsAllAccounts(scopes), {
    path: ['emailAccountIds'],
    message: TEXTS.allMailboxes,
  })

/** Only a person can create keys: a key that creates keys would survive its own revocation. */
export const createApiKey = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/api-keys',
    summary: 'Creates an API key for a program. The key is shown once.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { body: NewApiKey },
    act: async ({ body, caller }) => {
      if (caller.kind !== 'person') throw new AppError('http.not_permitted')
      const created = await people.apiKeys.create(body, caller.id)
      return { ...created, key: created.key.reveal() }
    },
    present: { status: 201, schema: ApiKey.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' }) },
  })
