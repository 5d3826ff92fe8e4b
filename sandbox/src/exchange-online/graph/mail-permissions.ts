import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { GraphError } from './graph-error.ts'

/** Kind of access that a route needs; each kind requires one of the permissions in its row. */
export type MailNeed = 'read-basic' | 'read' | 'write' | 'send' | 'translate-ids'

interface Row {
  /** Delegated scopes. With the suffix `.Shared` they also cover mailboxes to which the user has access. */
  scopes: readonly string[]
  /** Application roles; they cover every mailbox of the tenant. */
  roles: readonly string[]
}

/**
 * Permissions that cover each kind of access, least privileged first.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference#mail-permissions
 */
export const MAIL_PERMISSIONS: Record<MailNeed, Row> = {
  'read-basic': {
    scopes: ['Mail.ReadBasic', 'Mail.Read', 'Mail.ReadWrite'],
    roles: ['Mail.ReadBasic', 'Mail.ReadBasic.All', 'Mail.Read', 'Mail.ReadWrite'],
  },
  read: { scopes: ['Mail.Read', 'Mail.ReadWrite'], roles: ['Mail.Read', 'Mail.ReadWrite'] },
  write: { scopes: ['Mail.ReadWrite'], roles: ['Mail.ReadWrite'] },
  send: { scopes: ['Mail.Send'], roles: ['Mail.Send'] },
  // Translating ids needs no mail permission:
  // https://learn.microsoft.com/graph/api/user-translateexchangeids#permissions
  'translate-ids': { scopes: ['User.Read', 'User.ReadBasic.All', 'User.Read.All'], roles: ['User.Read.All'] },
}

/**
 * Checks the caller's permissions.
 *
 * @param whose `own`: the caller's mailbox; `other`: a mailbox to which the caller has Full Access
 */
export function isAllowed(caller: AccessTokenClaims, need: MailNeed, whose: 'own' | 'other'): boolean {
  const { scopes, roles } = MAIL_PERMISSIONS[need]
  if (caller.userId === undefined) return roles.some((role) => caller.roles.has(role))
  return scopes.some((scope) => caller.scopes.has(`${scope}.Shared`) || (whose === 'own' && caller.scopes.has(scope)))
}

export function accessDenied(): GraphError {
  return new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
}
