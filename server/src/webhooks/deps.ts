import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Events, StoredEvent, WireEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import type { Egress } from '../kernel/egress.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { ApiKeyId } from '../kernel/ids.ts'
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
  /** Events as endpoints get them, with their messages if asked for. */
  present(events: readonly StoredEvent[], include: 'message' | undefined): Promise<readonly WireEvent[]>
  /** Those of these keys that still work. An endpoint created by another key is disabled. */
  workingKeys(ids: readonly ApiKeyId[]): Promise<ReadonlySet<ApiKeyId>>
  incident: {
    open(trouble: { code: ErrorCode; server: string; detail: string }): Promise<void>
    end(key: { code: ErrorCode; server: string }): Promise<void>
  }
}
