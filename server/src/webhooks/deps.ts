import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Events, StoredEvent, VisibleAccounts, WireEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import type { Egress } from '../kernel/egress.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'

export interface WebhookDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
  audit: AuditLog
  log: Log
  events: Events
  egress: Egress
  dialGuard: DialGuard
  /** Random source for jitter. */
  random?: () => number
}

/** Functions of rooms above this one, which the composition root passes when deliveries start. */
export interface WebhookPorts {
  /** Events as endpoints get them, with their messages if asked for: those of mailboxes that the owner may read. */
  present(
    events: readonly StoredEvent[],
    include: 'message' | undefined,
    readable: VisibleAccounts,
  ): Promise<readonly WireEvent[]>
  /**
   * Mailboxes that these actors may read, for those that may have webhooks. An endpoint of another one is disabled: its
   * owner was removed, lost the right, or is a key that has ended.
   */
  readableBy(owners: readonly string[]): Promise<ReadonlyMap<string, VisibleAccounts>>
  /**
   * Raises the counter of the database's epoch. Awaited before each step of deliveries: a backup from before them can then
   * be recognized. Returns false when the database was restored meanwhile, which pauses webhooks.
   */
  mark(): Promise<boolean>
  incident: {
    open(trouble: { code: ErrorCode; server: string; detail: string }): Promise<void>
    end(key: { code: ErrorCode; server: string }): Promise<void>
  }
}
