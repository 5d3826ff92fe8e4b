import type { EmailAccountState } from './email-account.ts'

/** What an email account can hear about itself. */
export type StateSignal =
  'importing' | 'up-to-date' | 'failed-wait' | 'failed-sign-in' | 'failed-admin' | 'signed-in' | 'pause' | 'resume'

export type StateTable = Readonly<Record<EmailAccountState, Partial<Record<StateSignal, EmailAccountState>>>>
