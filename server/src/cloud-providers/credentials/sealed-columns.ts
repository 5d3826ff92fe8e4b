/** A sealed column of any room, which needs a key and is sealed again when the key is replaced. */
export interface SealedColumn {
  table: string
  column: string
  /** Columns that identify a row, in the order of the sealing context. */
  id: readonly string[]
}

/**
 * All sealed columns. A row's context is `table.column:id:…`, as each room writes it. A test compares this list with
 * the tables that reference `encryption_keys`, because a missing column would be lost with the next old key.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'provider_credentials', column: 'sealed', id: ['id'] },
  { table: 'grants', column: 'refresh_token', id: ['id'] },
  { table: 'access_tokens', column: 'sealed', id: ['grant_id', 'resource'] },
  { table: 'application_tokens', column: 'sealed', id: ['cloud_provider_id', 'tenant_id', 'resource'] },
  { table: 'principal_wishes', column: 'refresh_token', id: ['id'] },
  { table: 'mail_passwords', column: 'sealed', id: ['email_account_id', 'bound_to'] },
  { table: 'authorizations', column: 'code_verifier', id: ['id'] },
  { table: 'device_sign_ins', column: 'device_code', id: ['id'] },
  { table: 'webhook_secrets', column: 'sealed', id: ['id'] },
  { table: 'alert_relay', column: 'sealed', id: [] },
  { table: 'authenticator_apps', column: 'sealed', id: ['id'] },
  { table: 'identity_providers', column: 'client_secret', id: ['id'] },
  { table: 'openid_sign_ins', column: 'sealed', id: ['id'] },
  { table: 'return_url_secrets', column: 'sealed', id: ['id'] },
  { table: 'idempotent_requests', column: 'sealed', id: ['id'] },
  { table: 'erasure_key', column: 'sealed', id: [] },
]

export function sealingContext({ table, column }: SealedColumn, ids: readonly string[]): string {
  return [`${table}.${column}`, ...ids].join(':')
}
