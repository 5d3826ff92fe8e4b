/** Forwards every entry of the audit list to the targets, in order and at least once. */
import type { Database } from '../../database/index.ts'
import { backoffMs } from '../../kernel/backoff.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, fillText, storedReason, type ErrorCode } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { createTicker } from '../../kernel/ticker.ts'
import type { AuditEntry } from '../read-entries.ts'
import type { AuditTarget, ForwardedEntry } from './audit-target.ts'
import { createPositions } from './positions.ts'
import { TEXTS } from './texts.ts'

const LOOK_EVERY_MS = 5_000
const DEADLINE_MS = 60_000
const ENTRIES_PER_PAGE = 500
const BACKOFF = { first: 5_000, longest: 5 * 60_000, jitter: 0.5 }
/** Time of failures without a success after which an incident opens. */
const INCIDENT_AFTER_MS = 60 * 60_000
const REPORT_EVERY_MS = 60_000
/** The incident closes when no server forwards to the target any more. */
const REPORT_LASTS_MS = 15 * 60_000

export interface AuditForwardingDeps {
  database: Pick<Database, 'db' | 'tryLock'>
  clock: Clock
  log: Log
  targets: readonly AuditTarget[]
  /** Adds names to entries, as `GET /v1/audit` does. */
  present(entries: readonly AuditEntry[]): Promise<readonly ForwardedEntry[]>
  incident: {
    open(trouble: { code: ErrorCode; server: string; detail: string; since: Date; expiresAt: Date }): Promise<void>
    end(key: { code: ErrorCode; server: string }): Promise<void>
  }
  /** Random source for jitter. */
  random?: () => number
}

/** State of a target that this server is set to forward to. */
export interface AuditForwardStatus {
  target: AuditTarget['kind']
  destination: string
  forwardedAt: Date | undefined
  /** Age of the oldest entry that was not forwarded yet; 0 without any. */
  lagMs: number
  failingSince: Date | undefined
  /** Reason of the last failure, while there is no later success. */
  reason: ReturnType<typeof storedReason> | undefined
  detail: string | undefined
}

export interface AuditForwarding {
  status(): Promise<AuditForwardStatus[]>
  start(): void
  stop(): Promise<void>
  /** Forwards what is due now, for tests. */
  forward(): Promise<void>
}

export function createAuditForwarding(deps: AuditForwardingDeps): AuditForwarding {
  const { database, clock, log, targets, incident, random } = deps
  const positions = createPositions(database.db)
  const code: ErrorCode = new AppError('audit.forwarding_failed').code
  const reportedAt = new Map<AuditTarget, number>()
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
      const isOver = AbortSignal.any([over, lost])
      while (!late.aborted && !isOver.aborted && (await forwardPage(target, isOver)));
    })
  }

  /** @returns true when more entries may be waiting */
  async function forwardPage(target: AuditTarget, signal: AbortSignal): Promise<boolean> {
    const { position, failures, failingSince, retryAt, reason } = await positions.read(target.kind)
    const now = clock.now()
    if (failingSince && reason) await report(target, failingSince, reason)
    if (retryAt && retryAt > now) return false
    const entries = await positions.entriesAfter(position, ENTRIES_PER_PAGE)
    if (entries.length === 0 && failures === 0) return false
    try {
      if (entries.length > 0) await target.send(await deps.present(entries), signal)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const pauseMs = backoffMs(BACKOFF, failures, { ...(random && { random }) })
      const failure = { reason: error.code, detail: error.detail, retryAt: new Date(now.getTime() + pauseMs) }
      await positions.fail(target.kind, { now, ...failure })
      if (failures === 0) log.warn({ err: error, target: target.kind }, 'The audit list could not be forwarded')
      return false
    }
    await positions.advance(target.kind, entries.at(-1)?.id ?? position, clock.now())
    if (failures > 0) await endReport(target)
    return entries.length === ENTRIES_PER_PAGE
  }

  async function report(target: AuditTarget, since: Date, reason: string): Promise<void> {
    const now = clock.now().getTime()
    if (now - since.getTime() < INCIDENT_AFTER_MS) return
    if (now - (reportedAt.get(target) ?? -Infinity) < REPORT_EVERY_MS) return
    reportedAt.set(target, now)
    const detail = fillText(TEXTS.failing, { reason: storedReason(reason).title })
    await incident.open({ code, server: nameOf(target), detail, since, expiresAt: new Date(now + REPORT_LASTS_MS) })
  }

  async function endReport(target: AuditTarget): Promise<void> {
    reportedAt.delete(target)
    await incident.end({ code, server: nameOf(target) })
  }

  return {
    status: () =>
      Promise.all(
        targets.map(async ({ kind, destination }) => {
          const state = await positions.read(kind)
          const oldestAt = await positions.oldestAfter(state.position)
          return {
            target: kind,
            destination,
            forwardedAt: state.forwardedAt ?? undefined,
            lagMs: oldestAt ? Math.max(0, clock.now().getTime() - oldestAt.getTime()) : 0,
            failingSince: state.failingSince ?? undefined,
            reason: state.reason === null ? undefined : storedReason(state.reason),
            detail: state.detail ?? undefined,
          }
        }),
      ),
    start: () => tickers.forEach((ticker) => ticker.start()),
    async stop() {
      await Promise.all(tickers.map((ticker) => ticker.stop()))
    },
    async forward() {
      const never = new AbortController().signal
      await Promise.all(targets.map((target) => look(target, never, never)))
    },
  }
}

function nameOf({ destination }: AuditTarget): string {
  return fillText(TEXTS.target, { destination })
}
