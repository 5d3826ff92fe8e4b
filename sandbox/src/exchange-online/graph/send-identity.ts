import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { Directory, User } from '../../tenants/index.ts'
import type { Address } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { accessDenied } from './mail-permissions.ts'

/** Sender and author of an outgoing message. */
export interface SendIdentity {
  from: Address
  /** The actual sender; the same as `from`, except when sending on behalf. */
  sender: Address
  onBehalf: boolean
}

/**
 * Checks `from`. The caller's own address is always allowed. Another address requires SendAs (no trace in the message)
 * or SendOnBehalf (adds a `Sender`), and for a delegated token also `Mail.Send.Shared`. An application acts as the
 * owner of the mailbox that it sends from.
 *
 * @param isDenied called last, for sending in another name
 * @see https://learn.microsoft.com/graph/outlook-send-mail-from-other-user
 */
export function sendIdentity(
  caller: AccessTokenClaims,
  owner: User,
  from: Address | undefined,
  { people }: Directory,
  isDenied: () => boolean,
): SendIdentity {
  const actor = caller.userId === undefined ? owner : people.getUser(caller.userId)
  const author = from === undefined ? owner : people.findUserInTenant(owner.tenantId, from.address)
  if (!author) throw sendAsDenied()

  const fromAddress = addressOf(author, shownAddress(author, from?.address, people))
  if (author.id === actor.id) return { from: fromAddress, sender: fromAddress, onBehalf: false }
  if (caller.userId !== undefined && !caller.scopes.has('Mail.Send.Shared')) throw accessDenied()
  if (isDenied()) throw sendAsDenied()
  if (people.hasRight(author.id, actor.id, 'SendAs')) return { from: fromAddress, sender: fromAddress, onBehalf: false }
  if (people.hasRight(author.id, actor.id, 'SendOnBehalf')) {
    return { from: fromAddress, sender: addressOf(actor), onBehalf: true }
  }
  throw sendAsDenied()
}

/** Exchange uses the directory's display name, regardless of the client's. */
function addressOf(user: User, address = user.mail ?? user.userPrincipalName): Address {
  return { name: user.displayName, address }
}

/** Address shown to recipients: an alias where the organization allows it, otherwise the primary address. */
export function shownAddress(
  { aliases = [], tenantId, mail }: User,
  written: string | undefined,
  people: Directory['people'],
): string | undefined {
  const isAlias = written !== undefined && aliases.some((alias) => alias.toLowerCase() === written.toLowerCase())
  return isAlias && !people.maySendFromAlias(tenantId) ? mail : written
}

function sendAsDenied(): GraphError {
  return new GraphError(
    403,
    'ErrorSendAsDenied',
    'The user account which was used to submit this request does not have the right to send mail on behalf of the ' +
      'specified sending account., Cannot submit message.',
  )
}
