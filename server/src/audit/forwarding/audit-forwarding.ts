/** Forwards every entry of the audit list to the targets, in order and at least once. */
import type { Database } from '../../database/index.ts'
import { backoffMs } from '../../kernel/backoff.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { createTicker } from '../../kernel/ticker.ts'
import type { AuditEntry } from '../read-entries.ts'
import type { AuditTarget, ForwardedEntry } from './audit-target.ts'
import {
  createForwardingWatch,
  UNUSED_AFTER_MS,
  type AuditForwardStatus,
  type ForwardingIncident,
} from './forwarding-watch.ts'
import { createPositions, type ForwardState } from './positions.ts'

const LOOK_EVERY_MS = 5_000
const DEADLINE_MS = 60_000
const ENTRIES_PER_PAGE = 500
const BYTES_PER_PAGE = 256 * 1024
const BACKOFF = { first: 5_000, longest: 5 * 60_000, jitter: 0.5 }
/** Interval at which the use of a destination is stored. */
const USE_EVERY_MS = 30_000

export interface AuditForwardingDeps {
  database: Pick<Database, 'db' | 'tryLock'>
  clock: Clock
  log: Log
  targets: readonly AuditTarget[]
  /** Adds names to entries, as `GET /v1/audit` does. */
  present(entries: readonly AuditEntry[]): Promise<readonly ForwardedEntry[]>
  incident: ForwardingIncident
  /** Random source for jitter. */
  random?: () => number
}

export interface AuditForwarding {
  status(): Promise<AuditForwardStatus[]>
  start(): void
  stop(): Promise<void>
  /** Forwards what is due now, for tests. */
  forward(): Promise<void>
}

/** Attempts of this server: one that can't reach the receiver must not delay another one that can. */
interface Attempts {
  failures: number
  retryAt: number
  /** Maximum entries of the next page. Halved by a failure, so that a slow receiver gets pages that it can take in time. */
  limit: number
}

export function createAuditForwarding(deps: AuditForwardingDeps): AuditForwarding {
  const { database, clock, log, targets, random } = deps
  const positions = createPositions(database.db)
  const watch = createForwardingWatch({ positions, clock, log, incident: deps.incident })
  const attempts = new Map<AuditTarget, Attempts>(
    targets.map((target) => [target, { failures: 0, retryAt: -Infinity, limit: ENTRIES_PER_PAGE }]),
  )
  let stopping = new AbortController()
  const tickers = targets.map((target) =>
    createTicker({
      name: `audit.${target.kind}`,
      clock,
      everyMs: LOOK_EVERY_MS,
      deadlineMs: DEADLINE_MS,
      run: (over, late) => look(target, over, late),
      onError: (err) => log.warn({ err, target: target.kind }, 'The audit list could not be forwarded'),
    }),
  )

  /** Forwards page by page, while no other server does. */
  async function look(target: AuditTarget, over: AbortSignal, late: AbortSignal): Promise<void> {
    await database.tryLock(`audit.forwarding ${target.kind}`, async (lost) => {
      const isOver = AbortSignal.any([over, stopping.signal, lost])
      while (!late.aborted && !isOver.aborted && (await forwardPage(target, isOver)));
    })
    // After the attempt: entries that waited while no server ran are no trouble.
    if (!over.aborted && !stopping.signal.aborted) await watch.report(target)
  }

  /** @returns true when more entries may be waiting */
  async function forwardPage(target: AuditTarget, signal: AbortSignal): Promise<boolean> {
    const own = attempts.get(target)!
    const state = await claim(target)
    if (!state || own.retryAt > clock.now().getTime()) return false
    const { limit } = own
    let page: AuditEntry[] = []
    let hasMore = false
    try {
      const entries = await positions.entriesAfter(state.position, limit)
      page = withinBytes(entries)
      hasMore = entries.length === limit || page.length < entries.length
      if (page.length === 0) return false
      await target.send(await deps.present(page), signal)
    } catch (error) {
      // A stop or a lost lock says nothing about the receiver.
      if (!signal.aborted) await fail(target, own, page, error)
      return false
    }
    Object.assign(own, { failures: 0, retryAt: -Infinity, limit: Math.min(limit * 2, ENTRIES_PER_PAGE) })
    await positions.advance(target, page.at(-1)!.id, clock.now())
    if (state.failingSince) await watch.end(target)
    return hasMore
  }

  /** State of the target; `undefined` while another server forwards to another destination. */
  async function claim(target: AuditTarget): Promise<ForwardState | undefined> {
    const now = clock.now()
    const state = await positions.read(target.kind)
    const isFresh = state && now.getTime() - state.usedAt.getTime() < USE_EVERY_MS
    if (isFresh && state.destination === target.identity) return state
    const unusedSince = new Date(now.getTime() - UNUSED_AFTER_MS)
    return (await positions.use(target, { now, unusedSince })) ? positions.read(target.kind) : undefined
  }

  async function fail(target: AuditTarget, own: Attempts, page: AuditEntry[], thrown: unknown): Promise<void> {
    const error = AppError.from(thrown)
    const now = clock.now()
    const isFirst = own.failures === 0
    own.retryAt = now.getTime() + backoffMs(BACKOFF, own.failures++, { ...(random && { random }) })
    if (page.length > 0) own.limit = Math.max(1, Math.floor(page.length / 2))
    if (isFirst || error !== thrown)
      log.warn({ err: thrown, target: target.kind }, 'The audit list could not be forwarded')
    await positions.fail(target, { now, reason: error.code, detail: error.detail })
  }

  return {
    status: () => Promise.all(targets.map((target) => watch.status(target))),
    start() {
      stopping = new AbortController()
      for (const ticker of tickers) ticker.start()
    },
    async stop() {
      // First, because a ticker waits for its round, and a receiver may hang.
      stopping.abort()
      await Promise.all(tickers.map((ticker) => ticker.stop()))
    },
    async forward() {
      const never = new AbortController().signal
      await Promise.all(targets.map((target) => look(target, never, never)))
    },
  }
}

/** First entries, as many as fit into a page but at least one. */
function withinBytes(entries: readonly AuditEntry[]): AuditEntry[] {
  let bytes = 0
  const end = entries.findIndex((entry, index) => {
    bytes += Buffer.byteLength(JSON.stringify(entry))
    return bytes > BYTES_PER_PAGE && index > 0
  })
  return entries.slice(0, end === -1 ? entries.length : end)
}
