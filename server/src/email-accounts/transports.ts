import type { MailTransport } from '../transports/index.ts'
import type { EmailAccount } from './email-account.ts'

/** Opens mailboxes: one transport and one budget of calls per email account in this process. */
export interface Transports {
  of(account: Pick<EmailAccount, 'id' | 'address' | 'kind' | 'cloudProviderId' | 'grantId'>): Promise<MailTransport>
  /** Forgets what is kept for an account that changed or is gone. */
  forget(id: EmailAccount['id']): void
}

export declare function createTransports(deps: object): Transports
