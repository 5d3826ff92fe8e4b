import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { People } from '../../tenants/index.ts'

/** Prefix of Exchange's roles for applications, as in *Application Mail.Read*. */
const PREFIX = 'Application '

/**
 * Caller with its effective permissions at one mailbox: RBAC for Applications is added to the tenant-wide consent of
 * Entra ID. No token contains it. (Microsoft's caches take up to two hours; the sandbox has no such cache.)
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
