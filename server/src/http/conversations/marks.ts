import { z } from 'zod'
import { DEFECTS, QUARANTINE_REASONS } from '../../mail/index.ts'
import { Address } from '../fields.ts'

const Automatic = z.object({
  kind: z.enum(['reply', 'generated', 'bulk', 'report']),
  reason: z.string().describe('Header field with this mark.'),
})

export const DeliveryReport = z.object({
  originalMessageId: z.string().optional(),
  originalReferences: z.array(z.string()),
  reportingMta: z.string().optional(),
  recipients: z.array(
    z.object({
      address: z.string(),
      originalAddress: z.string().optional().describe('Original-Recipient of RFC 3464.'),
      action: z.enum(['failed', 'delayed', 'delivered', 'relayed', 'expanded']),
      status: z.string().optional().describe('RFC 3463.'),
      diagnostic: z.string().optional(),
    }),
  ),
})

const Invitation = z.object({
  method: z.enum(['request', 'reply', 'cancel', 'publish', 'counter', 'other']),
  uid: z.string().optional(),
  title: z.string(),
  startsAt: z.string().optional().describe('ISO 8601 in UTC, or a date for whole days.'),
  endsAt: z.string().optional(),
  wholeDay: z.boolean(),
  timeZone: z.string().optional(),
  recurrence: z.string().optional().describe('RFC 5545 §3.3.10.'),
  place: z.string().optional(),
  organizer: Address.optional(),
  attendees: z.array(Address.extend({ answer: z.string().optional() })),
  moreAttendees: z.int(),
})

/**
 * Special properties of a message, such as automatic mail, delivery reports and invitations. Missing ones were not
 * found.
 */
export const Marks = z
  .object({
    automatic: Automatic.optional().describe('Written by a machine; no reply is expected.'),
    deliveryReport: DeliveryReport.optional(),
    readReceipt: z
      .object({ originalMessageId: z.string().optional(), recipient: z.string().optional(), disposition: z.string() })
      .optional(),
    invitation: Invitation.optional(),
    list: z
      .object({ id: z.string().optional(), name: z.string().optional(), unsubscribe: z.string().optional() })
      .optional(),
    authentication: z
      .object({
        authServId: z.string(),
        verdict: z.enum(['pass', 'fail', 'none']),
        dmarc: z.string().optional(),
        headerFrom: z.string().optional().describe('Domain that DMARC evaluated.'),
        dkim: z.string().optional(),
        spf: z.string().optional(),
        fromDomain: z.string().optional(),
      })
      .optional()
      .describe('Sender checks of the receiving server (RFC 8601). `pass` only if DMARC confirmed the only From.'),
    senders: z.array(Address).optional().describe('All From addresses, if there are several.'),
    protection: z
      .object({ kind: z.enum(['smime', 'pgp']), what: z.enum(['signed', 'encrypted']) })
      .optional()
      .describe('Not verified and not decrypted.'),
    quarantine: z
      .object({ reason: z.enum(QUARANTINE_REASONS), detail: z.string() })
      .optional()
      .describe('Reason for the quarantine. The source is kept and can be parsed again.'),
    defects: z.array(z.enum(DEFECTS)).optional(),
  })
  .meta({ id: 'Marks' })
