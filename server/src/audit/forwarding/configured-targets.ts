import { createDialGuard } from '../../kernel/dial-guard.ts'
import type { AuditTarget } from './audit-target.ts'
import { createFileTarget } from './file-target.ts'
import type { SyslogOrigin } from './syslog-frame.ts'
import { createSyslogTarget, type SyslogReceiver } from './syslog-target.ts'

export interface AuditForwardSettings {
  auditFile: string | undefined
  auditSyslog: SyslogReceiver | undefined
}

/** Targets of the settings. The receiver may be in a private network, because the operator of the server names it. */
export function createConfiguredTargets(
  { auditFile, auditSyslog }: AuditForwardSettings,
  origin: SyslogOrigin,
): AuditTarget[] {
  const targets: AuditTarget[] = []
  if (auditFile !== undefined) targets.push(createFileTarget(auditFile))
  if (auditSyslog !== undefined) {
    const { host, port } = auditSyslog
    const dialGuard = createDialGuard({ declared: new Set([`${host}:${port}`]) })
    targets.push(createSyslogTarget(auditSyslog, { dialGuard, origin }))
  }
  return targets
}
