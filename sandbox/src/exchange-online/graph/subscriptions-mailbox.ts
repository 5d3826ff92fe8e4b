import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { Directory, User } from '../../tenants/index.ts'
import { GraphError } from './graph-error.ts'
import { needsPerson } from './mailbox-access.ts'

/**
 * Owner of the mailbox in a subscription's resource: `me` (no `idOrAddress`) or `users/{id | userPrincipalName}`. Does
 * not check the caller's permission.
 */
export function ownerOfMailbox(
  { tenantId, userId }: AccessTokenClaims,
  idOrAddress: string | undefined,
  { people }: Directory,
): User {
  const named = idOrAddress ?? userId
  if (named === undefined) throw needsPerson()
  const owner = people.findUserInTenant(tenantId, named)
  if (!owner) throw new GraphError(404, 'ErrorInvalidUser', `The requested user '${named}' is invalid.`)
  if (people.findMailbox(owner.id)) return owner
  throw new GraphError(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  )
}
