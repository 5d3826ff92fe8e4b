import { z } from 'zod'
import { Reason, Time } from '../fields.ts'

export const Cause = z
  .enum(['provider', 'tenant-policy', 'person', 'mailbox', 'network', 'microsoft', 'installation'])
  .describe(
    'Where it is caused: our app registration, what an organization allows, the sign-in of a person, one mailbox, our own side (network, DNS, database), Microsoft itself, or this installation (disk, processes).',
  )

export const AffectedEmailAccount = z
  .object({
    id: z.string().describe('The mailbox may have been removed since.'),
    name: z.string(),
    address: z.string(),
    since: Time,
    until: Time.optional().describe('Absent: it still is.'),
    affects: z.enum(['receiving', 'sending', 'both']).describe('Affected direction: receiving, sending or both.'),
  })
  .meta({ id: 'AffectedEmailAccount' })

export const IncidentWords = z
  .object({
    title: z.string(),
    cause: z.string().optional().describe("What it means, where Microsoft's own code for it is known."),
    said: z.string().optional().describe('What Microsoft calls it: `AADSTS50173`, `ErrorAccessDenied`.'),
    who: z.string().describe('Who can end it.'),
    where: z.string().optional().describe('Where they go.'),
    fix: z.string(),
    commands: z.array(
      z.object({
        shell: z.string().describe('Where to run it, in words: Azure CLI, Exchange Online PowerShell.'),
        text: z.string().describe('Names are filled in; to be copied as it is.'),
      }),
    ),
    lookupUrl: z.string().optional().describe("Microsoft's page about its number."),
  })
  .meta({ id: 'IncidentWords' })

/** Fields that every agent of an affected mailbox can see; the rest is only for admins. */
export const Incident = z
  .object({
    id: z.string(),
    cause: Cause,
    state: z.enum(['open', 'closed']),
    title: z.string(),
    remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']).describe('Who can end it.'),
    since: Time.describe('Since when it is broken; before `openedAt` where a while is waited first.'),
    openedAt: Time,
    closedAt: Time.optional(),
    affected: z.array(AffectedEmailAccount).describe('Of the mailboxes that the caller may see.'),
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
          .describe('What it is about. The ids are absent where the thing was removed.'),
        reason: Reason,
        words: IncidentWords,
        detail: z.string().optional().describe('Measured values and the effect, for a trouble of the installation.'),
        alertedAt: Time.optional().describe('When people were first told.'),
        nextAlertAt: Time.optional().describe('When they are told next, as things stand.'),
        reminders: z.int(),
        reopened: z.int().describe('How often it came back within ten minutes.'),
        acknowledgedAt: Time.optional(),
        acknowledgedBy: z.string().optional().describe('A name, when it is known.'),
      })
      .optional()
      .describe('For admins only.'),
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
      .describe('`opened`, `joined`, `left`: which mailboxes.'),
    from: z.string().optional().describe('`reason-changed`: a code.'),
    to: z.string().optional().describe('`opened`, `reason-changed`: a code.'),
    title: z.string().optional().describe('The words for `to`.'),
    by: z.string().optional().describe('`acknowledged`: a name, when it is known.'),
    recipients: z.array(z.string()).describe('`alerted`, `reminded`, `all-clear`: the addresses.'),
  })
  .meta({ id: 'IncidentEntry' })
