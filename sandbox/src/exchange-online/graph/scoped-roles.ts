import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { People } from '../../tenants/index.ts'

/** What Exchange calls a role of an application begins with this: *Application Mail.Read*. */
const PREFIX = 'Application '

/**
 * The caller as Exchange sees it at one mailbox: what RBAC for Applications gives is added to what Entra ID consented to
 * for the whole tenant. It stands in no token. (Microsoft's caches take up to two hours; there are none here.)
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
export function atMailbox(caller: AccessTokenClaims, mailboxId: string, people: People): AccessTokenClaims {
  if (caller.userId !== undefined) return caller
  return { ...caller, roles: new Set([...caller.roles, ...scopedRoles(caller.appId, mailboxId, people)]) }
}

export function scopedRoles(appId: string, mailboxId: string, people: People): string[] {
  return people.applicationRoles(mailboxId, appId).map((role) => role.slice(PREFIX.length))
}
