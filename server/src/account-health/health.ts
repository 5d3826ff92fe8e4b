import type { SlotTraffic, Traffic } from '../conversations/index.ts'
import type { EmailAccountState, StateReason } from '../email-accounts/index.ts'
import type { SendingTimes, SlotSendingTimes } from '../submission/index.ts'

/** How an account fared in a time. What has not happened yet is not told: spans end now at the latest. */
export interface HealthOfAccount {
  from: Date
  to: Date
  /** By the clock of the server. */
  now: Date
  slotMs: number
  completeUpTo: Date | undefined
  states: StateSpan[]
  /** When nothing proves that the account was read to its end, though it was to be. */
  gaps: { from: Date; to: Date }[]
  /** Oldest first. */
  refreshes: { at: Date; resource: string; ms: number }[]
  errors: HealthError[]
  recoveries: Recovery[]
  /** Of the slots in which there was mail. */
  slots: (Traffic & SendingTimes & { at: Date })[]
  total: Traffic & SendingTimes
  /** There was more than is told, before the oldest of a list. */
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
  /** Where it showed: reading the mailbox, keeping its sign-in alive, sending a message. */
  of: 'reading' | 'sign-in' | 'sending'
  reason: StateReason
}

export interface Recovery {
  at: Date
  /** When the trouble began that ended; it may be before the time that was asked for. */
  since: Date
}

/** One row per slot in which anything came, went or was accepted. */
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
