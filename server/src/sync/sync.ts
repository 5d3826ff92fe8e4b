import type { Logger } from 'pino'
import type { Conversations } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'

/** Where the server may tell us of new mail; why not, when it cannot. */
export type PushSettings =
  | { notificationUrl: string; lifecycleNotificationUrl: string }
  | { unavailable: 'sync.push_needs_public_url' | 'sync.push_not_for_shared' }

export interface SyncDeps {
  database: Database
  clock: Clock
  events: Events
  emailAccounts: EmailAccounts
  conversations: Conversations
  log: Logger
  /** `pushFor` decides by PUBLIC_URL, the cloud and the kind of account. */
  pushFor(account: EmailAccount): Promise<PushSettings>
}

export interface Sync {
  /** Looks after every due account until {@link stop}. */
  start(): Promise<void>
  stop(): Promise<void>

  /** A hint that there is something to fetch: its turn comes at once, in whichever process. */
  wake(id: EmailAccountId): Promise<void>
  /**
   * What came to the notification endpoint. Unknown subscriptions and wrong client states are dropped without a word;
   * nothing of the content is believed.
   */
  notified(notification: {
    subscriptionRemoteId: string
    clientState: Secret
    lifecycleEvent?: string | undefined
  }): Promise<void>

  /** Resolves when nothing is due and nothing runs in this process: for tests and for an orderly end. */
  settled(): Promise<void>
}

export declare function createSync(deps: SyncDeps): Sync
