import { z } from 'zod'
import { line, Reason, Time } from '../fields.ts'

export const AlertWebhook = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    createdAt: Time,
    lastDeliveredAt: Time.optional(),
    lastFailure: z.object({ at: Time, reason: Reason }).optional(),
  })
  .meta({ id: 'AlertWebhook' })

export const webhookUrl = line.trim().min(1).max(2000)
