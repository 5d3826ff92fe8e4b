import type { Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Principal } from '../transports/index.ts'
import type { BackupSignIn } from './email-account.ts'
import { toReason } from './states.ts'

type Row = Selectable<Schema['email_accounts']>

/** Principal of a row. The table guarantees exactly one of grant and tenant, except with a password. */
export function readPrincipal({
  principal,
  grant_id,
  principal_tenant_id,
}: Pick<Row, 'principal' | 'grant_id' | 'principal_tenant_id'>): Principal {
  if (principal === 'password') return { kind: 'password' }
  if (grant_id !== null) return { kind: 'grant', grantId: grant_id }
  if (principal_tenant_id === null) throw new TypeError('an email account without a principal')
  return { kind: 'application', tenantId: principal_tenant_id }
}

export function readBackup(row: Row): BackupSignIn | undefined {
  if (row.stand_by_grant_id === null) return undefined
  return {
    grantId: row.stand_by_grant_id,
    checkedAt: row.stand_by_checked_at ?? undefined,
    reason: toReason(row.stand_by_reason),
    insteadOf: row.first_grant_id ?? undefined,
  }
}

/** Columns without a backup sign-in. */
export const NO_BACKUP = {
  stand_by_grant_id: null,
  stand_by_checked_at: null,
  stand_by_reason: null,
  stand_by_due_at: null,
}

/** Columns of a principal. Only a grant has a backup sign-in. */
export function principalColumns(principal: Principal) {
  if (principal.kind === 'grant') {
    return { principal: principal.kind, grant_id: principal.grantId, principal_tenant_id: null }
  }
  return {
    principal: principal.kind,
    grant_id: null,
    principal_tenant_id: principal.kind === 'application' ? principal.tenantId : null,
    first_grant_id: null,
    ...NO_BACKUP,
  }
}
