import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PostkeyEvent } from './routes.ts'

export type WebhookFault = 'headers' | 'timestamp' | 'signature' | 'body'

/** The request is not a genuine one of Postkey: answer with 401. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly fault: WebhookFault

  constructor(fault: WebhookFault, message: string) {
    super(message)
    this.fault = fault
  }
}

export interface WebhookRequest {
  /** Those of Node's `http`, or a `Headers`. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The unchanged body, before any parsing. */
  body: string | Uint8Array
  /** `whsec_…`; the new and the previous one while a secret is replaced. */
  secret: string | readonly string[]
  /** Largest difference of the clocks. Default: 300. */
  toleranceSeconds?: number
  /** Time of receipt. Default: now. */
  now?: Date
}

const SHORTEST_SECRET_BYTES = 16

/**
 * Returns the event of a webhook request, or the alert of an alert webhook, if it has a signature by one of the secrets
 * and a recent timestamp.
 *
 * @throws WebhookError if it is not genuine
 * @throws TypeError for a secret that can't be one
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyWebhook<Body = PostkeyEvent>(request: WebhookRequest): Body {
  const { body, secret, toleranceSeconds = 300, now = new Date() } = request
  const keys = [secret].flat().map(keyOf)
  if (keys.length === 0) throw new TypeError('secret: one at least')
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headerOf(request, name))
  if (!id || !timestamp || !signatures) throw new WebhookError('headers', 'A webhook header is missing.')
  const ageSeconds = now.getTime() / 1000 - Number(timestamp)
  if (!/^\d+$/.test(timestamp) || !(Math.abs(ageSeconds) <= toleranceSeconds)) {
    throw new WebhookError('timestamp', 'The webhook timestamp is too old, or in the future.')
  }
  const given = signatures.split(' ').flatMap((signature) => {
    return signature.startsWith('v1,') ? [Buffer.from(signature.slice(3), 'base64')] : []
  })
  const isGenuine = keys.some((key) => {
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
  if (!isGenuine) throw new WebhookError('signature', 'No signature of the webhook belongs to a secret.')
  return parse(body) as Body
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  // An empty key would accept the signatures of everyone.
  if (key.length < SHORTEST_SECRET_BYTES) throw new TypeError('secret: whsec_ and at least 16 bytes in base64')
  return key
}

function headerOf({ headers }: WebhookRequest, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(`webhook-${name}`) ?? undefined
  // Some frameworks keep the capitals of the sender.
  const [, value] = Object.entries(headers).find(([each]) => each.toLowerCase() === `webhook-${name}`) ?? []
  return typeof value === 'string' ? value : value?.[0]
}

function parse(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString()) as unknown
  } catch {
    throw new WebhookError('body', 'The body of the webhook is not JSON.')
  }
}
