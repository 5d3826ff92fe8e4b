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
        '`unclear`: the connection broke when the receiver may have had it; not sent again. `not-sent`: no channel was configured, or the recipient is itself an affected mailbox.',
      ),
    attempts: z.int(),
    dueAt: Time.optional().describe('Time of the next attempt.'),
    reason: Reason.optional(),
    answer: z.string().optional().describe('Response of the receiver, truncated.'),
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
