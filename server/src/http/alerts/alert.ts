import { z } from 'zod'
import { ALERT_KINDS } from '../../alerts/index.ts'
import { Reason, Time } from '../fields.ts'

export const AlertDelivery = z
  .object({
    id: z.string(),
    channel: z.enum(['email', 'webhook']),
    recipient: z.string().describe('An address, or the name of a webhook.'),
    state: z
      .enum(['waiting', 'handing-over', 'delivered', 'unclear', 'failed', 'not-sent'])
      .describe(
        '`unclear`: the connection broke when the other side may have had it; not sent again. `not-sent`: there was no road, or the recipient is a mailbox that is itself affected.',
      ),
    attempts: z.int(),
    dueAt: Time.optional().describe('When it is tried next.'),
    reason: Reason.optional(),
    answer: z.string().optional().describe('What the other side said, cut short.'),
    settledAt: Time.optional(),
  })
  .meta({ id: 'AlertDelivery' })

export const Alert = z
  .object({
    id: z.string(),
    key: z.string(),
    kind: z.string().meta({ enum: ALERT_KINDS }),
    incidentId: z.string().optional(),
    subject: z.string(),
    text: z.string(),
    createdAt: Time,
    deliveries: z.array(AlertDelivery),
  })
  .meta({ id: 'Alert' })
