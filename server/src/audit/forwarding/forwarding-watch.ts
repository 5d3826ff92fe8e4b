/** Reports targets of the audit list that fail, are behind or missed entries. */
import type { Clock } from '../../kernel/clock.ts'
import { AppError, fillText, storedReason, type ErrorCode } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { AuditTarget } from './audit-target.ts'
import type { ForwardState, Positions } from './positions.ts'
import { TEXTS } from './texts.ts'

/** Time without a use after which a target may have another destination. Longer than clocks of servers differ. */
export const UNUSED_AFTER_MS = 2 * 60_000
/** Time without a forwarded entry, while some wait, after which a target is behind and an incident opens. */
const BEHIND_AFTER_MS = 15 * 60_000
const REPORT_EVERY_MS = 60_000
/** The incident closes when no server forwards to the target any more. */
const REPORT_LASTS_MS = 15 * 60_000
const DELETION_SHOWN_MS = 7 * 24 * 60 * 60_000

/** State of a target that this server is set to forward to. */
export interface AuditForwardStatus {
  target: AuditTarget['kind']
  destination: string
  forwardedAt: Date | undefined
  /** Age of the oldest entry that was not forwarded yet; 0 without any. */
  lagMs: number
  /** True when entries wait, and none was forwarded for 15 minutes. */
  isBehind: boolean
  failingSince: Date | undefined
  /** Reason of the last failure, while there is no later success. */
  reason: ReturnType<typeof storedReason> | undefined
  detail: string | undefined
  /** Number of entries that were deleted before they were forwarded, and the last time, when it is within a week. */
  deleted: { count: number; at: Date } | undefined
}

interface WatchDeps {
  positions: Positions
  clock: Clock
  log: Log
  incident: {
    open(trouble: { code: ErrorCode; server: string; detail: string; since: Date; expiresAt: Date }): Promise<void>
    end(key: { code: ErrorCode; server: string }): Promise<void>
  }
}

export type ForwardingIncident = WatchDeps['incident']

export function createForwardingWatch({ positions, clock, log, incident }: WatchDeps) {
  const code: ErrorCode = new AppError('audit.forwarding_failed').code
  const reportedAt = new Map<AuditTarget, number>()
  const open = new Set<AuditTarget>()
  /** Times since which another server forwards to another destination. */
  const refusedSince = new Map<AuditTarget, Date>()
  const knownDeletions = new Map<AuditTarget, number>()

  async function status(target: AuditTarget): Promise<AuditForwardStatus & { waitingSince: Date | undefined }> {
    const now = clock.now()
    const state = await positions.read(target.kind)
    const oldestAt = await positions.oldestAfter(state?.position ?? 0)
    const since = ownSince(target, state)
    // Before its first use, a target has missed nothing.
    const waitingSince = oldestAt && since && latest(oldestAt, state?.forwardedAt, since)
    const deletedAt = state?.deletedAt
    return {
      target: target.kind,
      destination: target.destination,
      forwardedAt: state?.forwardedAt ?? undefined,
      lagMs: oldestAt ? Math.max(0, now.getTime() - oldestAt.getTime()) : 0,
      waitingSince,
      isBehind: waitingSince !== undefined && now.getTime() - waitingSince.getTime() >= BEHIND_AFTER_MS,
      ...failureOf(target, state, now),
      deleted:
        deletedAt && now.getTime() - deletedAt.getTime() < DELETION_SHOWN_MS
          ? { count: state.deletedUnsent, at: deletedAt }
          : undefined,
    }
  }

  /** Opens and closes incidents of a target, at most once a minute. */
  async function report(target: AuditTarget): Promise<void> {
    const now = clock.now()
    if (now.getTime() - (reportedAt.get(target) ?? -Infinity) < REPORT_EVERY_MS) return
    reportedAt.set(target, now.getTime())
    const found = await status(target)
    if (found.deleted) await reportDeletion(target, found.deleted)
    const since = troubleSince(target, found, now)
    if (!since || now.getTime() - since.getTime() < BEHIND_AFTER_MS) {
      if (open.has(target)) await end(target)
      return
    }
    open.add(target)
    const expiresAt = new Date(now.getTime() + REPORT_LASTS_MS)
    await incident.open({ code, server: nameOf(target), detail: describe(target, found, since), since, expiresAt })
  }

  function troubleSince(target: AuditTarget, found: Awaited<ReturnType<typeof status>>, now: Date): Date | undefined {
    if (isRefused(found)) {
      if (!refusedSince.has(target)) refusedSince.set(target, now)
      return refusedSince.get(target)
    }
    refusedSince.delete(target)
    return earliest(found.failingSince, found.waitingSince)
  }

  function describe(target: AuditTarget, found: AuditForwardStatus, since: Date): string {
    if (refusedSince.has(target)) return fillText(TEXTS.elsewhere, { destination: found.detail ?? '' })
    if (found.reason) return fillText(TEXTS.failing, { reason: found.reason.title })
    return fillText(TEXTS.stalled, { since: since.toISOString() })
  }

  async function reportDeletion(target: AuditTarget, { count, at }: { count: number; at: Date }): Promise<void> {
    const detail = fillText(TEXTS.deleted, { count: String(count), at: at.toISOString() })
    const deletion: ErrorCode = new AppError('audit.deleted_unsent').code
    if (knownDeletions.get(target) !== count)
      log.warn({ target: target.kind, count }, 'Audit entries were deleted unsent')
    knownDeletions.set(target, count)
    const expiresAt = new Date(at.getTime() + DELETION_SHOWN_MS)
    await incident.open({ code: deletion, server: nameOf(target), detail, since: at, expiresAt })
  }

  /** Closes the incident, also one of a server that was restarted meanwhile. */
  async function end(target: AuditTarget): Promise<void> {
    open.delete(target)
    await incident.end({ code, server: nameOf(target) })
  }

  return { status, report, end }
}

/** True when another server forwards to another destination. */
export function isRefused({ reason }: Pick<AuditForwardStatus, 'reason'>): boolean {
  return reason?.code === new AppError('audit.destination_differs').code
}

function failureOf(
  { identity }: AuditTarget,
  state: ForwardState | undefined,
  now: Date,
): Pick<AuditForwardStatus, 'failingSince' | 'reason' | 'detail'> {
  const isOther = state !== undefined && state.destination !== identity
  if (isOther && now.getTime() - state.usedAt.getTime() < UNUSED_AFTER_MS) {
    const { code } = new AppError('audit.destination_differs')
    return { failingSince: undefined, reason: storedReason(code), detail: state.destination }
  }
  if (!state || isOther) return { failingSince: undefined, reason: undefined, detail: undefined }
  return {
    failingSince: state.failingSince ?? undefined,
    reason: state.reason === null ? undefined : storedReason(state.reason),
    detail: state.detail ?? undefined,
  }
}

function ownSince({ identity }: AuditTarget, state: ForwardState | undefined): Date | undefined {
  return state?.destination === identity ? state.since : undefined
}

function nameOf({ destination }: AuditTarget): string {
  return fillText(TEXTS.target, { destination })
}

function latest(first: Date, ...more: (Date | null | undefined)[]): Date {
  return new Date(Math.max(...[first, ...more].map((date) => date?.getTime() ?? -Infinity)))
}

function earliest(...dates: (Date | undefined)[]): Date | undefined {
  return dates.filter((date) => date !== undefined).toSorted((a, b) => a.getTime() - b.getTime())[0]
}
