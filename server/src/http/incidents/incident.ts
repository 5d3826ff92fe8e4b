import { z } from 'zod'
import { Reason, Time } from '../fields.ts'

export const Cause = z
  .enum(['provider', 'tenant-policy', 'person', 'mailbox', 'network', 'microsoft', 'installation'])
  .describe(
    'Source: the app registration, the policy of an organization, the sign-in of a user, one mailbox, this server (network, DNS, database), Microsoft, or this installation (disk, processes).',
  )

export const AffectedEmailAccount = z
  .object({
    id: z.string().describe('The mailbox may have been removed.'),
    name: z.string(),
    address: z.string(),
    since: Time,
    until: Time.optional().describe('Absent while it is open.'),
    affects: z
      .enum(['receiving', 'sending', 'both', 'actions'])
      .describe('Affected function: receiving, sending, both, or only mailbox actions.'),
  })
  .meta({ id: 'AffectedEmailAccount' })

export const IncidentWords = z
  .object({
    title: z.string(),
    cause: z.string().optional().describe('Explanation of Microsoft’s code, if it is known.'),
    said: z.string().optional().describe('Code of Microsoft: `AADSTS50173`, `ErrorAccessDenied`.'),
    who: z.string().describe('Role that can fix it.'),
    where: z.string().optional().describe('Place of the fix.'),
    fix: z.string(),
    commands: z.array(
      z.object({
        shell: z.string().describe('Shell of the command, as text: Azure CLI, Exchange Online PowerShell.'),
        text: z.string().describe('Names are filled in; copy it unchanged.'),
      }),
    ),
    lookupUrl: z.string().optional().describe('Microsoft’s page about its number.'),
  })
  .meta({ id: 'IncidentWords' })

/** Fields that every agent of an affected mailbox can see; the rest is only for admins. */
export const Incident = z
  .object({
    id: z.string(),
    cause: Cause,
    state: z.enum(['open', 'closed']),
    title: z.string(),
    remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']).describe('Role that can fix it.'),
    since: Time.describe('Start of the failure; before `openedAt` if opening is delayed.'),
    openedAt: Time,
    closedAt: Time.optional(),
    affected: z.array(AffectedEmailAccount).describe('Number of mailboxes that the caller may see.'),
    forAdmins: z
      .object({
        subject: z
          .object({
            name: z.string(),
            cloudProviderId: z.string().optional(),
            grantId: z.string().optional(),
            emailAccountId: z.string().optional(),
            tenantId: z.string().optional(),
          })
          .describe('Subject. The ids are absent if it was removed.'),
        reason: Reason,
        words: IncidentWords,
        detail: z.string().optional().describe('Measured values and the effect, for a trouble of the installation.'),
        alertedAt: Time.optional().describe('Time of the first notification.'),
        nextAlertAt: Time.optional().describe('Time of the next notification.'),
        reminders: z.int(),
        reopened: z.int().describe('Number of recurrences within ten minutes.'),
        acknowledgedAt: Time.optional(),
        acknowledgedBy: z.string().optional().describe('Name of the person, if known.'),
      })
      .optional()
      .describe('For admins and auditors only.'),
  })
  .meta({ id: 'Incident' })

export const IncidentEntry = z
  .object({
    id: z.int(),
    kind: z.enum([
      'opened',
      'reopened',
      'reason-changed',
      'joined',
      'left',
      'alerted',
      'reminded',
      'acknowledged',
      'closed',
      'all-clear',
    ]),
    at: Time,
    accounts: z
      .array(z.object({ id: z.string(), name: z.string(), address: z.string() }))
      .describe('`opened`, `joined`, `left`: names of the mailboxes.'),
    from: z.string().optional().describe('`reason-changed`: a code.'),
    to: z.string().optional().describe('`opened`, `reason-changed`: a code.'),
    title: z.string().optional().describe('Title of `to`.'),
    by: z.string().optional().describe('`acknowledged`: name of the person, if known.'),
    recipients: z.array(z.string()).describe('`alerted`, `reminded`, `all-clear`: the addresses.'),
  })
  .meta({ id: 'IncidentEntry' })
