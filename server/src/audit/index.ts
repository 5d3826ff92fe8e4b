/** The audit list: actions of admins and of Postkey, recorded in the transaction of the action. Owns `audit_entries`. */
export { AUDIT_ACTIONS, type AuditAction, type AuditContent, type AuditDetails } from './actions.ts'
export { createAudit, type Audit, type AuditLog, type AuditRecord } from './audit.ts'
export { type AuditEntry, type AuditFilter, type AuditPage, type AuditWord } from './read-entries.ts'
export { AUDIT_TEXTS } from './texts-of-people.ts'
export { countOldEntries, deleteOldEntries } from './old-entries.ts'
