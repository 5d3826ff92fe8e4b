import { backoffMs } from '../../kernel/backoff.ts'
import type { Egress } from '../../kernel/egress.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { OutgoingAttachment } from '../../mail/index.ts'
import type { CallBudget } from './call-budget.ts'
import { type GraphClient, MEGABYTE } from './graph-client.ts'
import { asTransportError, graphError } from './graph-errors.ts'
import { asWire, text } from './wire.ts'

export interface UploadPorts {
  egress: Egress
  clock: Clock
  budget: CallBudget
  /** Checks the host of an upload URL. The URL is untrusted like any response, and the file must not go elsewhere. */
  isUploadHost: (url: URL) => boolean
  sleep: (ms: number) => Promise<unknown>
}

/** Size of a piece: a multiple of 320 KiB, below 4 MB. */
export const PIECE_BYTES = 10 * 320 * 1024
const PIECE_TIMEOUT_MS = 120_000
const BACKOFF = { first: 1000, longest: 60_000, jitter: 0 }
const MOST_FAILURES = 5

/**
 * Uploads a large file piece by piece, in order. The URL itself is the permission; no access token is sent there. After
 * a failure, the session reports the next piece that it expects.
 *
 * @see https://learn.microsoft.com/graph/outlook-large-attachments
 */
export async function uploadFile(
  client: GraphClient,
  { egress, clock, budget, isUploadHost, sleep }: UploadPorts,
  createUrl: string,
  { name, contentType, contentId, isInline, content }: OutgoingAttachment,
): Promise<void> {
  const session = await client.json({
    method: 'POST',
    url: createUrl,
    lane: 'send',
    body: {
      AttachmentItem: {
        attachmentType: 'file',
        name,
        contentType,
        size: content.length,
        isInline,
        ...(contentId !== undefined && { contentId }),
      },
    },
  })
  const uploadUrl = URL.parse(text(asWire(session), 'uploadUrl') ?? '')
  if (!uploadUrl || !isUploadHost(uploadUrl)) throw new AppError('transports.foreign_link')

  let from = 0
  let failures = 0
  while (from < content.length) {
    try {
      const next = await put(from)
      // A session without progress must not cause an endless loop.
      if (next <= from) throw new AppError('transports.unavailable')
      from = next
    } catch (error) {
      const mayGoOn = error instanceof AppError && error.remedy === 'wait' && ++failures < MOST_FAILURES
      if (!mayGoOn) throw error
      await sleep(backoffMs(BACKOFF, failures))
      from = (await nextByte()) ?? from
    }
  }

  /** Sends a piece and returns the start of the next one. */
  async function put(start: number): Promise<number> {
    const piece = content.subarray(start, start + PIECE_BYTES)
    const end = start + piece.length - 1
    const answer = await ask('PUT', new Uint8Array(piece), {
      'content-type': 'application/octet-stream',
      'content-range': `bytes ${start}-${end}/${content.length}`,
    })
    return answer.status === 201 ? content.length : (answer.next ?? end + 1)
  }

  async function nextByte(): Promise<number | undefined> {
    try {
      return (await ask('GET')).next
    } catch (cause) {
      // The session is finished or ended; the outcome is unknown, so the caller starts with a new draft.
      if (!(cause instanceof AppError) || cause.code !== 'transports.item_gone') throw cause
      throw new AppError('transports.unavailable', { cause, upstream: cause.upstream })
    }
  }

  async function ask(method: 'GET' | 'PUT', body?: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
    return budget.run('send', async () => {
      const response = await egress
        .fetch(uploadUrl!, {
          method,
          headers,
          ...(body && { body }),
          timeoutMs: PIECE_TIMEOUT_MS,
          maxBytes: MEGABYTE,
        })
        .catch((cause: unknown) => {
          throw asTransportError(cause)
        })
      const json: unknown = await response.json().catch(() => undefined)
      if (!response.ok) {
        const error = graphError({ status: response.status, headers: response.headers, body: json, now: clock.now() })
        if (error.upstream?.retryAt) budget.pauseUntil(error.upstream.retryAt)
        throw error
      }
      return { status: response.status, next: firstExpected(json) }
    })
  }
}

/** Parses `"nextExpectedRanges": ["12345-"]`. */
function firstExpected(json: unknown): number | undefined {
  const ranges = asWire(json)['nextExpectedRanges']
  const first: unknown = Array.isArray(ranges) ? ranges[0] : undefined
  const [, start] = (typeof first === 'string' && /^(\d{1,12})/.exec(first)) || []
  return start === undefined ? undefined : Number(start)
}
