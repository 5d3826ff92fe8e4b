import type { Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import type { Egress } from '../kernel/egress.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'

/** Where the deeds of admins are written; `Audit` of `people` is one. */
export interface AuditLog {
  record(
    tx: Kysely<Schema>,
    record: { actor: string; action: string; subject: string; detail?: Readonly<Record<string, unknown>> },
  ): Promise<void>
}

export interface AlertDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
  audit: AuditLog
  log: Log
  /** The way to webhooks. */
  egress: Egress
  /** The way to the relay. */
  dialGuard: DialGuard
  /** For jitter. */
  random?: () => number
}
