import { z } from 'zod'
import type { Alerts } from '../../alerts/index.ts'
import { AlertWebhook, shownTo } from '../alert-webhooks/alert-webhook.ts'
import type { Caller } from '../caller.ts'
import { emailAddress, line, Reason, secret, Time } from '../fields.ts'

const Security = z.enum(['tls', 'starttls', 'none'])

export const AlertRelay = z
  .object({
    host: z.string(),
    port: z.int(),
    security: Security.describe('`tls` from the first byte (465), or `starttls` (587, 25), which is then required.'),
    ca: z.string().optional().describe('Additional trusted certificate authority (PEM).'),
    userName: z.string().optional(),
    hasPassword: z.boolean().describe('The password is never returned.'),
    from: z.string(),
    changedAt: Time,
    test: z
      .object({
        to: z.string(),
        sentAt: Time,
        testedAt: Time.optional().describe('Absent if the relay refused it.'),
        how: z
          .enum(['accepted', 'confirmed'])
          .optional()
          .describe('Time at which the relay accepted it, or a user entered the code.'),
        reason: Reason.optional(),
        answer: z.string().optional().describe('Response of the relay, truncated.'),
      })
      .optional()
      .describe('The last test with these settings.'),
  })
  .meta({ id: 'AlertRelay' })

export const AlertSettings = z
  .object({
    relay: AlertRelay.optional().describe('Absent: no email is sent.'),
    webhooks: z.array(AlertWebhook),
    warnings: z.array(Reason).describe('Reasons why alerts might not arrive.'),
  })
  .meta({ id: 'AlertSettings' })

export const NewAlertRelay = z.strictObject({
  host: line.trim().min(1).max(253),
  port: z.int().min(1).max(65535),
  security: Security,
  ca: z.string().max(100_000).optional(),
  userName: line.min(1).max(320).optional(),
  password: secret(1, 1000)
    .optional()
    .describe('If absent, the stored one is kept while host, port and user stay the same.'),
  from: emailAddress,
})

export async function presentSettings(alerts: Alerts, caller: Caller) {
  const [relay, webhooks, warnings] = await Promise.all([alerts.relay(), alerts.webhooks(), alerts.warnings()])
  return { relay, webhooks: webhooks.map((webhook) => shownTo(caller, webhook)), warnings }
}
