import { pipeline, Transform } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import type { Directory } from '../../tenants/index.ts'
import { GraphError } from './graph-error.ts'
import { createArrivals } from './throttle-arrivals.ts'
import { createSlidingWindow, type SlidingWindow } from './throttle-window.ts'

/** @see https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits */
export interface ThrottleLimits {
  /** Concurrent requests of one application to one mailbox. */
  concurrentRequests: number
  /** Requests of one application to one mailbox in 10 minutes. */
  requestsPerTenMinutes: number
  /** Bytes in bodies of PATCH, POST and PUT of one application to one mailbox in 5 minutes. */
  uploadBytesPerFiveMinutes: number
  /** Requests of one application in one second, to any resource. */
  requestsPerSecondOfApplication: number
}

export const OUTLOOK_LIMITS: ThrottleLimits = {
  concurrentRequests: 4,
  requestsPerTenMinutes: 10_000,
  uploadBytesPerFiveMinutes: 150 * 1024 * 1024,
  requestsPerSecondOfApplication: 2_000,
}

export interface ThrottleDeps {
  clock: Clock
  directory: Directory
  limits?: Partial<ThrottleLimits>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by routes without a caller (upload URLs), whose requests still count for an application. */
    throttledAs?: { appId: string; mailboxId: string }
  }
}

interface Allowance {
  running: number
  requests: SlidingWindow
  uploadBytes: SlidingWindow
}

const TEN_MINUTES_MS = 10 * 60 * 1000
const FIVE_MINUTES_MS = 5 * 60 * 1000
const UPLOADS = new Set(['PATCH', 'POST', 'PUT'])

/**
 * Refuses requests over Outlook's limits with 429 and `Retry-After`. A refused request counts like any other, so a
 * client that does not wait stays throttled. The slot of a concurrent request is freed when the response is sent or the
 * connection is cut.
 *
 * Must be registered before the bearer check, so that it sees requests arrive; it counts them after that check and
 * before a body is read. Requests without a mailbox are subject only to the limit of the application. Data is kept for
 * at most ten minutes and lost in a restart.
 *
 * @see https://learn.microsoft.com/graph/throttling
 */
export function registerThrottle(site: FastifyInstance, { clock, directory, limits: changed }: ThrottleDeps): void {
  const limits = { ...OUTLOOK_LIMITS, ...changed }
  const allowances = new Map<string, Allowance>()
  const applications = new Map<string, SlidingWindow>()
  const arrivals = createArrivals()

  site.addHook('onRequest', async (request, reply) => arrivals.arrive(request, reply))
  site.addHook('preParsing', async (request, reply, payload) => {
    arrivals.letIn(request)
    const now = clock.now().getTime()
    const spender = spenderOf(request)
    if (!spender) return payload
    countForApplication(spender.appId, now)
    if (spender.mailboxId === undefined) return payload

    const allowance = allowanceOf(`${spender.appId} ${spender.mailboxId}`, now)
    allowance.requests.add(now, 1)
    check(allowance, declaredBytes(request), now)
    hold(allowance, reply)
    allowance.uploadBytes.add(now, declaredBytes(request))
    await arrivals.settled()

    if (!UPLOADS.has(request.method) || request.headers['content-length'] !== undefined) return payload
    const tap = counted((bytes) => allowance.uploadBytes.add(now, bytes))
    // Errors are passed to the reader of `tap`.
    pipeline(payload, tap, () => undefined)
    return tap
  })

  function spenderOf(request: FastifyRequest): { appId: string; mailboxId: string | undefined } | undefined {
    if (request.throttledAs) return request.throttledAs
    // `undefined` on routes without the bearer check.
    const caller = request.caller as FastifyRequest['caller'] | undefined
    if (!caller) return undefined

    const [, , owner = '', ...rest] = request.url.split('?', 1)[0]!.toLowerCase().split('/')
    if (owner === 'me' && rest.length > 0) return { appId: caller.appId, mailboxId: caller.userId }
    if (owner !== 'users' || rest.length < 2) return { appId: caller.appId, mailboxId: undefined }
    const user = directory.people.findUserInTenant(caller.tenantId, decode(rest[0]!))
    return { appId: caller.appId, mailboxId: user?.id }
  }

  function countForApplication(appId: string, now: number): void {
    const window = found(applications, appId, now, () => createSlidingWindow(1000))
    window.add(now, 1)
    if (window.total(now) <= limits.requestsPerSecondOfApplication) return
    // Unconfirmed: the wording. Clients depend on code, status and header.
    throw throttled('Application is over its limit of requests per second.', 1000)
  }

  function allowanceOf(key: string, now: number): Allowance {
    return found(allowances, key, now, () => ({
      running: 0,
      requests: createSlidingWindow(TEN_MINUTES_MS),
      uploadBytes: createSlidingWindow(FIVE_MINUTES_MS),
    }))
  }

  /** Finds an entry or creates it; before creating, removes the empty entries. */
  function found<T extends SlidingWindow | Allowance>(
    known: Map<string, T>,
    key: string,
    now: number,
    make: () => T,
  ): T {
    const before = known.get(key)
    if (before) return before
    for (const [each, value] of known) {
      if ('running' in value ? value.running === 0 && value.requests.total(now) === 0 : value.total(now) === 0) {
        known.delete(each)
      }
    }
    const made = make()
    known.set(key, made)
    return made
  }

  function check({ running, requests, uploadBytes }: Allowance, bytes: number, now: number): void {
    if (running >= limits.concurrentRequests) {
      throw throttled('Application is over its MailboxConcurrency limit.', 1000)
    }
    // Unconfirmed: the wording of the next two errors.
    if (requests.total(now) > limits.requestsPerTenMinutes) {
      const waitMs = requests.msUntil(now, limits.requestsPerTenMinutes - 1)
      throw throttled('Application is over its limit of requests to this mailbox in 10 minutes.', waitMs)
    }
    if (bytes > 0 && uploadBytes.total(now) + bytes > limits.uploadBytesPerFiveMinutes) {
      const waitMs = uploadBytes.msUntil(now, limits.uploadBytesPerFiveMinutes - bytes)
      throw throttled('Application is over its limit of uploaded bytes to this mailbox in 5 minutes.', waitMs)
    }
  }
}

function hold(allowance: Allowance, reply: FastifyReply): void {
  let held = true
  allowance.running++
  const release = () => {
    if (held) allowance.running--
    held = false
  }
  reply.raw.once('finish', release)
  reply.raw.once('close', release)
}

function declaredBytes(request: FastifyRequest): number {
  return UPLOADS.has(request.method) ? Number(request.headers['content-length'] ?? 0) : 0
}

function counted(count: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count(chunk.length)
      done(null, chunk)
    },
  })
}

function throttled(message: string, waitMs: number): GraphError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new GraphError(429, 'ApplicationThrottled', message, { 'retry-after': String(seconds) })
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
