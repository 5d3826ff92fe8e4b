import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { toId, type EmailAccountId } from '../../kernel/ids.ts'
import { MOST_CONCURRENT, type WebhookEndpoint } from '../../webhooks/index.ts'
import { kindPattern } from '../events/filter.ts'
import { line, name, Reason, Time } from '../fields.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

export const Webhook = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string().describe('Programs get the origin only: path and query often suffice to post there.'),
    kinds: z.array(z.string()).optional().describe('All kinds when absent.'),
    accounts: z.array(z.string()).optional().describe('All mailboxes, and events without one, when absent.'),
    include: z.literal('message').optional(),
    concurrency: z.int(),
    owner: z
      .string()
      .describe(
        'Actor whose rights limit the events. The webhook ends with an API key, or when a person is no longer an admin.',
      ),
    ownerName: z.string().optional().describe('Name of the person or key, also of former ones.'),
    createdAt: Time,
    state: z.enum(['active', 'disabled']),
    disabledAt: Time.optional(),
    reason: Reason.optional().describe('Why it is disabled, or why the last attempt failed.'),
    failingSince: Time.optional(),
    pausedUntil: Time.optional().describe('Time of the next attempt, while all of them fail.'),
    lastDeliveredAt: Time.optional(),
    lastFailedAt: Time.optional(),
    position: z.int().describe('Every event up to this id is delivered or waits for a retry.'),
    waiting: z.int().describe('Deliveries that wait for a retry, or behind one of their conversation.'),
    failing: z
      .object({ deliveries: z.int(), since: Time })
      .optional()
      .describe('Deliveries among those that wait which failed, and when the oldest of them did first.'),
    failed: z
      .int()
      .describe('Deliveries given up, among those that are kept. Replay them when the receiver is repaired.'),
    replay: z.object({ after: z.int(), until: z.int() }).optional().describe('A replay in progress.'),
    previousSecretUntil: Time.optional().describe(
      'Until then, requests carry a signature of the previous secret, too.',
    ),
  })
  .meta({ id: 'Webhook' })

export const CreatedWebhook = Webhook.extend({
  secret: z.string().describe('Shown once; begins with `whsec_`.'),
}).meta({ id: 'CreatedWebhook' })

export const WebhookDelivery = z
  .object({
    id: z.string(),
    eventId: z.int().optional(),
    kind: z.string(),
    state: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.int(),
    createdAt: Time,
    dueAt: Time.optional().describe(
      'Time of the next attempt; absent while an earlier delivery of its conversation waits.',
    ),
    attemptedAt: Time.optional(),
    latencyMs: z.int().optional(),
    reason: Reason.optional(),
    answer: z.string().optional().describe('Status and beginning of the answer.'),
  })
  .meta({ id: 'WebhookDelivery' })

export const WebhookTestResult = z
  .object({ delivered: z.boolean(), answer: z.string().optional(), latencyMs: z.int(), reason: Reason.optional() })
  .meta({ id: 'WebhookTestResult' })

const accountId = z.uuid().transform((text) => toId<EmailAccountId>(text)!)

export const settings = {
  name,
  url: line.trim().min(1).max(2000).describe('An address with https://.'),
  kinds: z
    .array(kindPattern)
    .min(1)
    .max(100)
    .describe('Such as `message.received`, or `message.*` for all of a thing.'),
  accounts: z.array(accountId).min(1).max(500),
  include: z.enum(['message']).describe('Adds the message to events of messages.'),
  concurrency: z
    .int()
    .min(1)
    .max(MOST_CONCURRENT)
    .describe('Maximum concurrent requests. Events of one conversation always come one after the other.'),
}

/** Webhooks with the fields that `caller` may see, and the names of their owners. */
export async function presentWebhooks(
  { people }: Pick<Rooms, 'people'>,
  caller: KnownCaller,
  webhooks: readonly WebhookEndpoint[],
) {
  const names = await people.namesOfActors(webhooks.map(({ owner }) => owner))
  return webhooks.map((webhook) => {
    const { emailAccountIds, includesMessage, ...others } = webhook
    return {
      ...others,
      url: shownUrl(caller, webhook),
      ownerName: names.get(webhook.owner),
      accounts: emailAccountIds,
      ...(includesMessage && { include: 'message' as const }),
    }
  })
}

export async function presentWebhook(rooms: Pick<Rooms, 'people'>, caller: KnownCaller, webhook: WebhookEndpoint) {
  return (await presentWebhooks(rooms, caller, [webhook]))[0]!
}

export function shownUrl(caller: KnownCaller, { url }: Pick<WebhookEndpoint, 'url'>): string {
  return caller.kind === 'person' ? url : new URL(url).origin
}

/** Events contain what a key may read only with `mail:read`. */
export function requireMail(caller: KnownCaller): void {
  if (caller.kind === 'api-key' && !caller.scopes.includes('mail:read')) {
    throw new AppError('webhooks.mail_scope_missing')
  }
}

/** @throws {AppError} `http.not_found` for a mailbox that doesn't exist */
export async function requireAccounts({ emailAccounts }: Rooms, ids: readonly EmailAccountId[] | null | undefined) {
  if (!ids) return
  const known = new Set((await emailAccounts.list()).map(({ id }) => id))
  if (!ids.every((id) => known.has(id))) throw new AppError('http.not_found', { field: 'accounts' })
}
