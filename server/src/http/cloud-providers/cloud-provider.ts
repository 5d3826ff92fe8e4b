import { z } from 'zod'
import { MICROSOFT } from '../../kernel/mail-services.ts'
import { Explanation } from '../explanation.ts'
import { Reason, Time } from '../fields.ts'
import { OpenedEmailAccounts } from '../removal.ts'

export const AccountTypes = z.enum(['single-tenant', 'multitenant', 'multitenant-and-personal'])

export const OpenedByApplication = z
  .enum(['chosen-mailboxes', 'all-mailboxes'])
  .describe('The application itself opens mailboxes too: chosen ones in Exchange, or all of them.')

export const CheckResult = z
  .object({
    at: z.string(),
    lines: z.array(
      z.object({
        what: z.enum([
          'tenant',
          'client',
          'credential',
          'redirect-uri',
          'expiry-dates',
          'application',
          'other-mailboxes',
        ]),
        outcome: z
          .enum(['ok', 'wrong', 'waiting', 'not-tried'])
          .describe('waiting: an upload or consent by an Entra admin is pending.'),
        title: z.string(),
        code: z.string().optional(),
        fix: z.string().optional(),
        credentialId: z.string().optional(),
        address: z.string().optional().describe('Mailbox of the check.'),
        copy: z.string().optional().describe('Value to paste in Entra ID to fix it.'),
      }),
    ),
  })
  .meta({ id: 'CheckResult' })

export const CredentialExpiry = z
  .object({
    credentialId: z.string(),
    kind: z.enum(['secret', 'certificate']),
    expiresAt: Time,
    daysLeft: z.int(),
  })
  .meta({ id: 'CredentialExpiry' })

export const CloudProvider = z
  .object({
    id: z.string(),
    name: z.string(),
    service: z.literal(MICROSOFT.service),
    type: z.literal(MICROSOFT.type),
    cloud: z.string(),
    accountTypes: AccountTypes,
    tenantId: z.string(),
    clientId: z.string(),
    contact: z.string(),
    deputy: z.string().optional(),
    state: z.enum(['connecting', 'connected', 'degraded', 'needs-admin']),
    stateReason: z.string().optional(),
    explanation: Explanation.optional().describe('Explanation of the reason, for a single provider.'),
    reason: Reason.optional().describe('The same in words.'),
    stateSince: Time,
    nextTryAt: Time.optional(),
    expiry: CredentialExpiry.optional().describe('Expiry of the last working credential, from 60 days before.'),
    application: OpenedByApplication.optional(),
    probeAddress: z.string().optional().describe('Mailbox that the application must not be able to read.'),
    lastCheck: CheckResult.optional(),
    workedAt: Time.optional().describe(
      'Time at which Microsoft first accepted it. Until then it opens no incident, and its ids can be corrected.',
    ),
    createdAt: Time,
  })
  .meta({ id: 'CloudProvider' })

const Standing = z.discriminatedUnion('state', [
  z.object({ state: z.literal('untried'), reason: Reason.optional() }),
  z.object({ state: z.literal('works'), since: Time }),
  z.object({ state: z.literal('refused'), since: Time, reason: Reason }),
])

/** A credential, always without its secret or private key. */
export const Credential = z
  .object({
    id: z.string(),
    kind: z.enum(['secret', 'certificate']),
    expiresAt: Time.optional(),
    expiryReadAt: Time.optional().describe(
      'Time at which the expiry date was read from the registration; absent if it was entered.',
    ),
    createdAt: Time,
    hint: z.string().optional().describe('First characters of the secret; Microsoft shows them too.'),
    description: z.string().optional().describe('Name of the secret in the registration, if Postkey can read it.'),
    standing: Standing,
    lastUsedAt: Time.optional(),
    trialAt: Time.optional().describe('Time of the next automatic try.'),
    isReplaced: z.boolean().describe('A newer one works: this one can be removed.'),
    certificate: z
      .object({ pem: z.string(), sha1: z.string(), sha256: z.string() })
      .optional()
      .describe('The public part, to be uploaded; the portal shows SHA-1 as thumbprint.'),
  })
  .meta({ id: 'ProviderCredential' })

export const CloudProviderRemoval = z
  .object({
    isPossible: z.boolean(),
    emailAccounts: OpenedEmailAccounts,
    grants: z
      .array(z.object({ id: z.string(), userName: z.string() }))
      .describe('Grants that prevent the removal: each is disconnected first.'),
    credentials: z.int().describe('Removed with it.'),
    openSignInLinks: z.int().describe('They end with it.'),
  })
  .meta({ id: 'CloudProviderRemoval' })

const Opened = z.array(z.object({ id: z.string(), name: z.string(), address: z.string(), state: z.string() }))

export const Dependents = z
  .object({
    grants: z.array(z.object({ id: z.string(), userName: z.string(), displayName: z.string(), emailAccounts: Opened })),
    application: Opened.describe('Mailboxes opened by the application itself.'),
    credentials: z.array(z.object({ id: z.string(), kind: z.enum(['secret', 'certificate']), inUse: z.boolean() })),
  })
  .meta({ id: 'CloudProviderDependents' })

export const ApplicationAccess = z
  .object({
    organizations: z.array(
      z.object({
        tenantId: z.string(),
        objectId: z.string().optional().describe('Object ID of the enterprise application.'),
        roles: z.array(z.string()).optional().describe('Application permissions for the whole organization.'),
        problem: Reason.optional().describe('Reason of a failed sign-in of the application.'),
        emailAccounts: z.array(z.object({ id: z.string(), name: z.string(), address: z.string() })),
        commands: z.string().optional().describe('Exchange Online PowerShell: exactly these mailboxes and no other.'),
        imapCommands: z
          .string()
          .optional()
          .describe('Exchange Online PowerShell: allows reading these mailboxes by IMAP.'),
      }),
    ),
  })
  .meta({ id: 'ApplicationAccess' })
