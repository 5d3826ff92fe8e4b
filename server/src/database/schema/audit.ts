/** Targets that entries of the audit list are forwarded to. */
export interface AuditForwardsTable {
  target: 'file' | 'syslog'
  destination: string
  used_at: Date
  since: Date
  position: number
  forwarded_at: Date | null
  failing_since: Date | null
  reason: string | null
  detail: string | null
  deleted_unsent: number
  deleted_at: Date | null
}
