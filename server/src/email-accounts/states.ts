import { AppError, type Remedy, type StateReason, storedReason } from '../kernel/errors.ts'
import type { EmailAccount, EmailAccountState } from './email-account.ts'

/** Signal that can change the state of an email account. */
export type StateSignal =
  'importing' | 'up-to-date' | 'failed-wait' | 'failed-sign-in' | 'failed-admin' | 'signed-in' | 'pause' | 'resume'

const HEARD_WHILE_WORKING = {
  importing: 'importing',
  'up-to-date': 'connected',
  'failed-wait': 'degraded',
  'failed-sign-in': 'needs-sign-in',
  'failed-admin': 'needs-admin',
  'signed-in': 'connecting',
  pause: 'paused',
} as const

/**
 * Transitions by state and signal. An unlisted signal changes nothing: a late failure does not wake a paused account,
 * and callers need not check the state first.
 */
export const STATES: Readonly<Record<EmailAccountState, Partial<Record<StateSignal, EmailAccountState>>>> = {
  connecting: HEARD_WHILE_WORKING,
  importing: HEARD_WHILE_WORKING,
  connected: HEARD_WHILE_WORKING,
  degraded: HEARD_WHILE_WORKING,
  // A fix made elsewhere shows itself by a success; throttling before that must not end the incident.
  'needs-sign-in': without(HEARD_WHILE_WORKING, 'failed-wait'),
  'needs-admin': without(HEARD_WHILE_WORKING, 'failed-wait'),
  paused: { resume: 'connecting' },
}

/** States that store a reason. */
const TROUBLED: readonly EmailAccountState[] = ['degraded', 'needs-sign-in', 'needs-admin', 'paused']

export function isTroubled(state: EmailAccountState): boolean {
  return TROUBLED.includes(state)
}

/**
 * Maps a failure to a signal. A defect of Postkey is retried as well: it may affect only one message, or be fixed in
 * the next version.
 */
export function toSignal(error: AppError): StateSignal {
  return SIGNAL_OF[error.remedy]
}

const SIGNAL_OF: Readonly<Record<Remedy, StateSignal>> = {
  wait: 'failed-wait',
  'sign-in': 'failed-sign-in',
  admin: 'failed-admin',
  bug: 'failed-wait',
}

/** Returns the text of a stored code, including codes of another version. */
export function toReason(code: string | null): StateReason | undefined {
  if (code === null) return undefined
  return storedReason(code)
}

/** Throws if the mailbox is paused or disconnected, because it must not send anything. */
export function refuseSilent({ state, reason }: EmailAccount): void {
  if (state !== 'paused') return
  if (reason?.code === 'email_accounts.disconnected') throw new AppError('email_accounts.disconnected')
  throw new AppError('email_accounts.paused')
}

function without<T extends object, K extends keyof T>(table: T, key: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => name !== key)) as Omit<T, K>
}
