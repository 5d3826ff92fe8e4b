import { z } from 'zod'
import type { Caller } from '../caller.ts'
import { line, Reason, Time } from '../fields.ts'

export const AlertWebhook = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string().describe('Programs get the origin only: path and query often suffice to post there.'),
    createdAt: Time,
    state: z
      .enum(['active', 'disabled'])
      .describe('`disabled` by an admin, after three days without a delivery, or by the answer 410 Gone.'),
    disabled: z.object({ at: Time, reason: Reason.optional().describe('Absent if an admin disabled it.') }).optional(),
    lastDeliveredAt: Time.optional(),
    lastFailure: z.object({ at: Time, reason: Reason }).optional(),
  })
  .meta({ id: 'AlertWebhook' })

/** A webhook with the fields that `caller` may see. */
export function shownTo<T extends { url: string }>(caller: Caller, webhook: T): T {
  return caller.kind === 'person' ? webhook : { ...webhook, url: new URL(webhook.url).origin }
}

export const webhookUrl = line.trim().min(1).max(2000)
