/**
 * The audit list: actions of admins and of Postkey, recorded in the transaction of the action, and forwarded to a file or a
 * syslog receiver. Owns `audit_entries` and `audit_forwards`.
 */
export { AUDIT_ACTIONS, type AuditAction, type AuditContent, type AuditDetails } from './actions.ts'
export { createAudit, type Audit, type AuditLog, type AuditRecord } from './audit.ts'
export { createAuditForwarding, type AuditForwarding } from './forwarding/audit-forwarding.ts'
export type { AuditTarget } from './forwarding/audit-target.ts'
export { createConfiguredTargets } from './forwarding/configured-targets.ts'
export { createFileTarget } from './forwarding/file-target.ts'
export { isRefused, type AuditForwardStatus } from './forwarding/forwarding-watch.ts'
export { createSyslogTarget, type SyslogReceiver } from './forwarding/syslog-target.ts'
export { skipUsedAuditIds } from './forwarding/used-ids.ts'
export { type AuditEntry, type AuditFilter, type AuditPage, type AuditWord } from './read-entries.ts'
export { AUDIT_TEXTS } from './texts-of-people.ts'
export { countOldEntries, deleteOldEntries } from './old-entries.ts'
