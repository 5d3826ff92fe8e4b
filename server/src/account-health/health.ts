import type { SlotTraffic, Traffic } from '../conversations/index.ts'
import type { EmailAccountState } from '../email-accounts/index.ts'
import type { StateReason } from '../kernel/errors.ts'
import type { SendingTimes, SlotSendingTimes } from '../submission/index.ts'

/** Health of an account in a period. Spans end now at the latest. */
export interface HealthOfAccount {
  from: Date
  to: Date
  /** Current time of the server. */
  now: Date
  slotMs: number
  completeUpTo: Date | undefined
  states: StateSpan[]
  /** Periods without a successful read, although one was due. */
  gaps: { from: Date; to: Date }[]
  /** Token refreshes, oldest first. */
  refreshes: { at: Date; resource: string; ms: number }[]
  errors: HealthError[]
  recoveries: Recovery[]
  /** Slots with at least one message. */
  slots: (Traffic & SendingTimes & { at: Date })[]
  total: Traffic & SendingTimes
  /** True if a list has more entries; the oldest are omitted. */
  truncated: boolean
}

export interface StateSpan {
  from: Date
  to: Date
  state: EmailAccountState
  reason: StateReason | undefined
}

export interface HealthError {
  at: Date
  /** Operation that failed: reading the mailbox, keeping its sign-in alive, or sending a message. */
  of: 'reading' | 'sign-in' | 'sending'
  reason: StateReason
}

export interface Recovery {
  at: Date
  /** Start of the failure that ended; it may be before the requested period. */
  since: Date
}

/** Merges traffic and sending times into one row per slot with at least one entry. */
export function mergeSlots(
  traffic: readonly SlotTraffic[],
  sending: readonly SlotSendingTimes[],
): HealthOfAccount['slots'] {
  const slots = new Map<number, HealthOfAccount['slots'][number]>()
  const of = (at: Date) => slots.get(at.getTime()) ?? { at, ...NOTHING }
  for (const slot of traffic) slots.set(slot.at.getTime(), { ...of(slot.at), ...slot })
  for (const slot of sending) slots.set(slot.at.getTime(), { ...of(slot.at), ...slot })
  return [...slots.values()].sort((a, b) => a.at.getTime() - b.at.getTime())
}

const NOTHING = { received: 0, sent: 0, receiving: undefined, accepted: 0, handover: undefined, seen: undefined }
