import { z } from 'zod'
import { Explanation } from '../explanation.ts'
import { Time } from '../fields.ts'
import { OpenedEmailAccounts } from '../removal.ts'

export const AccountTypes = z.enum(['single-tenant', 'multitenant', 'multitenant-and-personal'])

export const CheckResult = z
  .object({
    at: z.string(),
    lines: z.array(
      z.object({
        what: z.enum(['tenant', 'client', 'credential', 'redirect-uri']),
        outcome: z.enum(['ok', 'wrong', 'not-tried']),
        title: z.string(),
        code: z.string().optional(),
        fix: z.string().optional(),
        credentialId: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'CheckResult' })

export const CloudProvider = z
  .object({
    id: z.string(),
    name: z.string(),
    service: z.literal('microsoft-azure'),
    type: z.literal('outlook365'),
    cloud: z.string(),
    accountTypes: AccountTypes,
    tenantId: z.string(),
    clientId: z.string(),
    contact: z.string(),
    deputy: z.string().optional(),
    state: z.enum(['connecting', 'connected', 'needs-admin']),
    stateReason: z.string().optional(),
    explanation: Explanation.optional().describe('Of the reason, when one provider is asked for.'),
    stateSince: Time,
    lastCheck: CheckResult.optional(),
    createdAt: Time,
  })
  .meta({ id: 'CloudProvider' })

/** Never the secret itself. */
export const Credential = z
  .object({ id: z.string(), kind: z.literal('secret'), endsAt: Time.optional(), createdAt: Time })
  .meta({ id: 'ProviderCredential' })

export const CloudProviderRemoval = z
  .object({
    isPossible: z.boolean(),
    emailAccounts: OpenedEmailAccounts,
    grants: z
      .array(z.object({ id: z.string(), userName: z.string() }))
      .describe('They stand in the way: each is disconnected first.'),
    credentials: z.int().describe('Forgotten with it.'),
    openSignInLinks: z.int().describe('They end with it.'),
  })
  .meta({ id: 'CloudProviderRemoval' })
