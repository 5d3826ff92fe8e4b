import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { type Directory, FIRST_PARTY, GRAPH } from '../../tenants/index.ts'
import { MAIL_PERMISSIONS } from './mail-permissions.ts'
import { scopedRoles } from './scoped-roles.ts'
import type { Subscription } from './subscriptions-table.ts'

/**
 * Permissions for watching messages; none is a `.Shared` scope. Microsoft lists only the reading ones and warns against
 * others, but `Mail.ReadWrite` is accepted in practice, and many clients request nothing else.
 */
const { scopes: SCOPES, roles: ROLES } = MAIL_PERMISSIONS['read-basic']

const FIRST_PARTY_APPS: ReadonlySet<string> = new Set(Object.values(FIRST_PARTY))

export function mayRead({ userId, scopes, roles }: AccessTokenClaims): boolean {
  return userId === undefined ? ROLES.some((role) => roles.has(role)) : SCOPES.some((scope) => scopes.has(scope))
}

/**
 * Checks that the basis of a subscription still exists: the mailbox exists, the consent was not withdrawn, and its
 * creator was neither disabled nor signed out everywhere since.
 */
export function isStillAuthorized(subscription: Subscription, { people, consents }: Directory): boolean {
  const { tenantId, applicationId, creatorId, isDelegated, mailboxId, authorizedAt } = subscription
  if (!people.findMailbox(mailboxId)) return false
  if (!isDelegated) {
    const scoped = scopedRoles(applicationId, mailboxId, people)
    const roles = [...consents.grantedRoles(tenantId, applicationId, GRAPH), ...scoped]
    return ROLES.some((role) => roles.includes(role))
  }
  const person = people.findUser(creatorId)
  if (!person?.accountEnabled || person.tokensValidFrom > authorizedAt) return false
  if (FIRST_PARTY_APPS.has(applicationId)) return true
  const scopes = consents.grantedScopes(tenantId, applicationId, GRAPH, creatorId)
  return SCOPES.some((scope) => scopes.has(scope))
}
