/** Targets that entries of the audit list are forwarded to. */
export interface AuditForwardsTable {
  target: 'file' | 'syslog'
  position: number
  forwarded_at: Date | null
  failures: number
  failing_since: Date | null
  retry_at: Date | null
  reason: string | null
  detail: string | null
}
