import type { Problem } from './generated/types.gen.ts'

/** Codes of failures without a problem of the server. All others are codes of Postkey, listed in docs/errors.md. */
export type ClientCode = 'client.no_answer' | 'client.timeout' | 'client.unexpected_answer'

export type Remedy = Problem['remedy']

export interface PostkeyErrorDetails {
  code: string
  title: string
  remedy: Remedy
  fix: string
  /** Method and path of the request. */
  request: string
  detail?: string | undefined
  status?: number | undefined
  requestId?: string | undefined
  faults?: Problem['faults'] | undefined
  upstream?: Problem['upstream'] | undefined
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** A failed request: a problem of the server (RFC 9457), or a failure on the way, whose code starts with `client.`. */
export class PostkeyError extends Error {
  override readonly name = 'PostkeyError'
  /** Stable: match on it. */
  readonly code: ClientCode | (string & {})
  /** Remedy: `wait` (time), `sign-in` (the owner of the mailbox), `admin`, or `bug`. */
  readonly remedy: Remedy
  /** Instructions for a person. */
  readonly fix: string
  readonly title: string
  readonly detail: string | undefined
  readonly request: string
  /** HTTP status; undefined without a response. */
  readonly status: number | undefined
  /** The same id is in the log of the server. */
  readonly requestId: string | undefined
  /** Invalid fields of the request. */
  readonly faults: Problem['faults']
  /** Response of Microsoft. */
  readonly upstream: Problem['upstream']
  /** `Retry-After` of the response. */
  readonly retryAfterMs: number | undefined

  constructor({ cause, ...details }: PostkeyErrorDetails) {
    const { title, detail, fix, request, status, code, requestId } = details
    const facts = [code, status, requestId && `request ${requestId}`].filter(Boolean).join(', ')
    super(`${request}: ${title}${detail ? `: ${detail}` : ''} (${facts}). ${fix}`, { cause })
    this.code = code
    this.remedy = details.remedy
    this.fix = fix
    this.title = title
    this.detail = detail
    this.request = request
    this.status = status
    this.requestId = requestId
    this.faults = details.faults
    this.upstream = details.upstream
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Statuses that end by themselves; the last two are those of a proxy without a server. */
const TRANSIENT: readonly (number | undefined)[] = [429, 503, 502, 504]

/** The first of repeated requests with an Idempotency-Key still runs; its answer comes to a later one. */
export const IN_PROGRESS = 'http.idempotency_in_progress'

/** True for failures that end by themselves: no answer, too many requests, or the server is unavailable. */
export function isTransient({ code, status }: PostkeyError): boolean {
  return code === IN_PROGRESS || code === 'client.no_answer' || code === 'client.timeout' || TRANSIENT.includes(status)
}

/** Reads a response other than 2xx. */
export async function errorOf(response: Response, request: string): Promise<PostkeyError> {
  const { status, headers } = response
  const requestId = headers.get('x-request-id') ?? undefined
  const retryAfterMs = readRetryAfter(headers.get('retry-after'))
  const text = await response.text()
  const problem = readProblem(text)
  if (problem)
    return new PostkeyError({ ...problem, status, requestId: requestId ?? problem.traceId, request, retryAfterMs })
  const place = headers.get('location')
  return new PostkeyError({
    ...unexpected(place ? `a redirect to ${place}` : `HTTP ${status} ${text.slice(0, 200)}`.trim()),
    ...(TRANSIENT.includes(status) && { remedy: 'wait' as const }),
    ...{ status, requestId, request, retryAfterMs },
  })
}

/** Fields of an error for a response that Postkey does not send. */
export function unexpected(detail: string) {
  return {
    code: 'client.unexpected_answer',
    title: 'The answer is not one of Postkey',
    detail,
    remedy: 'admin' as const,
    fix: 'Check that baseUrl is the PUBLIC_URL of Postkey, and look at the proxy in between.',
  }
}

function readProblem(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null
    return typeof value?.code === 'string' && typeof value.fix === 'string' ? (value as Problem) : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds of a `Retry-After` in seconds or as a date; undefined for neither. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
