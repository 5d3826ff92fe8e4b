import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import type { Webhooks } from '../webhooks/index.ts'

export interface AlertDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
  audit: AuditLog
  log: Log
  /** Delivers to webhooks. */
  webhooks: Pick<Webhooks, 'alerts'>
  /** Connections to the relay. */
  dialGuard: DialGuard
  /** Random source for jitter. */
  random?: () => number
}
