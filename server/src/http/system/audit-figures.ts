import { Gauge, type Registry } from 'prom-client'
import type { AuditForwarding } from '../../audit/index.ts'

/** Lag of forwarding the audit list. Returns a function that reads it. */
export function createAuditFigures(registry: Registry, { status }: Pick<AuditForwarding, 'status'>) {
  const lag = new Gauge({
    name: 'postkey_audit_forwarding_lag_seconds',
    help: 'Age of the oldest audit entry that was not forwarded yet; 0 without any; absent without a target on this server',
    labelNames: ['target'],
    registers: [registry],
  })
  return async (): Promise<void> => {
    const states = await status()
    lag.reset()
    for (const { target, lagMs } of states) lag.set({ target }, lagMs / 1000)
  }
}
