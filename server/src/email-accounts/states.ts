import { AppError, type Remedy, storedReason } from '../kernel/errors.ts'
import type { EmailAccount, EmailAccountState, StateReason } from './email-account.ts'

/** What an email account can hear about itself. */
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
 * Which signal leads where. What is not in the table changes nothing: a failure that comes late does not wake a paused
 * account, and nobody has to ask for the state before telling.
 */
export const STATES: Readonly<Record<EmailAccountState, Partial<Record<StateSignal, EmailAccountState>>>> = {
  connecting: HEARD_WHILE_WORKING,
  importing: HEARD_WHILE_WORKING,
  connected: HEARD_WHILE_WORKING,
  degraded: HEARD_WHILE_WORKING,
  // What was done elsewhere, by a person, shows itself by success; throttling on the way there ends no incident.
  'needs-sign-in': without(HEARD_WHILE_WORKING, 'failed-wait'),
  'needs-admin': without(HEARD_WHILE_WORKING, 'failed-wait'),
  paused: { resume: 'connecting' },
}

/** States in which a reason stands beside the state. */
const TROUBLED: readonly EmailAccountState[] = ['degraded', 'needs-sign-in', 'needs-admin', 'paused']

export function isTroubled(state: EmailAccountState): boolean {
  return TROUBLED.includes(state)
}

/** A failure as a signal. A bug of ours is tried again as well: it may be one message, or gone with the next version. */
export function signalOf(error: AppError): StateSignal {
  return SIGNAL_OF[error.remedy]
}

const SIGNAL_OF: Readonly<Record<Remedy, StateSignal>> = {
  wait: 'failed-wait',
  'sign-in': 'failed-sign-in',
  admin: 'failed-admin',
  bug: 'failed-wait',
}

/** The words for a code that was stored, also by a version that knew other ones. */
export function reasonOf(code: string | null): StateReason | undefined {
  if (code === null) return undefined
  return storedReason(code)
}

/** Nothing goes out of a mailbox that is paused or disconnected. */
export function refuseSilent({ state, reason }: EmailAccount): void {
  if (state !== 'paused') return
  if (reason?.code === 'email_accounts.disconnected') throw new AppError('email_accounts.disconnected')
  throw new AppError('email_accounts.paused')
}

function without<T extends object, K extends keyof T>(table: T, key: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => name !== key)) as Omit<T, K>
}
