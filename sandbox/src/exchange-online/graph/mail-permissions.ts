import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { GraphError } from './graph-error.ts'

/** What a route does to a mailbox; each asks for one of the permissions in its row. */
export type MailNeed = 'read-basic' | 'read' | 'write' | 'send' | 'translate-ids'

interface Row {
  /** Delegated scopes. With `.Shared` behind the name they also reach mailboxes the person has rights on. */
  scopes: readonly string[]
  /** Application roles: any mailbox of the tenant. */
  roles: readonly string[]
}

/**
 * Which permissions serve which need, least first.
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
  // Ids are no mail: https://learn.microsoft.com/graph/api/user-translateexchangeids#permissions
  'translate-ids': { scopes: ['User.Read', 'User.ReadBasic.All', 'User.Read.All'], roles: ['User.Read.All'] },
}

/** `own`: the caller's mailbox; `other`: a mailbox that the caller was given Full Access to. */
export function isAllowed(caller: AccessTokenClaims, need: MailNeed, whose: 'own' | 'other'): boolean {
  const { scopes, roles } = MAIL_PERMISSIONS[need]
  if (caller.userId === undefined) return roles.some((role) => caller.roles.has(role))
  return scopes.some((scope) => caller.scopes.has(`${scope}.Shared`) || (whose === 'own' && caller.scopes.has(scope)))
}

export function accessDenied(): GraphError {
  return new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
}
