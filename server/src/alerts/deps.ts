import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import type { Egress } from '../kernel/egress.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'

export interface AlertDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
  audit: AuditLog
  log: Log
  /** Connections to webhooks. */
  egress: Egress
  /** Connections to the relay. */
  dialGuard: DialGuard
  /** Random source for jitter. */
  random?: () => number
}
