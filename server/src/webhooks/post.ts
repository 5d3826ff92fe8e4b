import { createHmac } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Egress } from '../kernel/egress.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'

const TIMEOUT_MS = 10_000
/** Maximum response size. Only its beginning is used. */
const MOST_ANSWER_BYTES = 64 * 1024
const MOST_SHOWN = 500

export interface WebhookRequest {
  url: string
  /** `webhook-id`: the same in every attempt, so receivers can discard duplicates. */
  id: string
  body: string
  /** Every valid secret; the newest first. */
  secrets: readonly Secret[]
  /** Keeps the beginning of the response body, not only its status. */
  keepsAnswer: boolean
}

/** Result of an attempt. */
export interface PostResult {
  answer: string | undefined
  latencyMs: number
  error: AppError | undefined
}

/** True when the receiver works and refuses this event. */
export function isRefusal({ error }: PostResult): boolean {
  return error?.code === 'webhooks.event_refused'
}

/** Posts signed requests. Refusals are results, not errors. */
export function createPosting({ clock, egress }: { clock: Clock; egress: Egress }) {
  return async ({ url, id, body, secrets, keepsAnswer }: WebhookRequest): Promise<PostResult> => {
    const began = performance.now()
    const timestamp = String(Math.floor(clock.now().getTime() / 1000))
    const latencyMs = () => Math.round(performance.now() - began)
    try {
      const response = await egress.fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Postkey',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': secrets.map((secret) => signDelivery(secret, id, timestamp, body)).join(' '),
        },
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_ANSWER_BYTES,
      })
      const { status } = response
      const answer = `HTTP ${status}${keepsAnswer ? await readStart(response) : ''}`
      await response.body?.cancel().catch(() => undefined)
      // Redirects are not followed, so 3xx is a refusal too.
      if (status >= 200 && status <= 299) return { answer, latencyMs: latencyMs(), error: undefined }
      const error = new AppError(codeOf(status), { detail: answer, upstream: { status } })
      return { answer, latencyMs: latencyMs(), error }
    } catch (thrown) {
      const error = AppError.from(thrown)
      return { answer: error.detail, latencyMs: latencyMs(), error }
    }
  }
}

/** Statuses 4xx that say something about the receiver, not about this event: it is too slow or gets too much. */
const NOT_OF_THE_EVENT: readonly number[] = [408, 425, 429]

function codeOf(status: number): ErrorCode {
  if (status === 410) return 'webhooks.endpoint_gone'
  if (status >= 400 && status <= 499 && !NOT_OF_THE_EVENT.includes(status)) return 'webhooks.event_refused'
  return 'webhooks.refused'
}

/** The beginning of a text response; empty when it can't be read, because the status has decided already. */
async function readStart(response: Response): Promise<string> {
  const text = await response.text().catch(() => '')
  const start = text
    .slice(0, MOST_SHOWN)
    .replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim()
  return start === '' ? '' : `: ${start}`
}

/**
 * HMAC-SHA256 over id, time and body, in the form of Standard Webhooks, for which every language has a library. The key
 * is the base64 text after `whsec_`.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signDelivery(secret: Secret, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.reveal().replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
