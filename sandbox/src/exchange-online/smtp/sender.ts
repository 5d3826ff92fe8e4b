import type { Directory, User } from '../../tenants/index.ts'
import type { Address } from '../mime/index.ts'
import type { SignedIn } from './sign-in.ts'

export interface Sender {
  /** The mailbox in whose name it goes out; where only the Sent copy of the author's may be kept (§E.7). */
  authorId: string
  /** Who really sends, when the recipients are to see it: *Anna on behalf of Support*. */
  onBehalfOf: Address | undefined
  /** What stands in From instead of an alias, where the organization does not let mail go out from one. */
  replacement?: Address
}

/**
 * Whether who signed in may send as `address`: as oneself always, as others with Send As (without a trace) or Send on
 * Behalf (with a `Sender`). Full Access alone is not enough. `undefined` when not. `isDenied` is asked where
 * somebody sends in another's name.
 *
 * @see docs/reference/microsoft-365.md §E.7
 */
export function findSender(
  address: string,
  signedIn: SignedIn,
  directory: Directory,
  isDenied: () => boolean,
): Sender | undefined {
  const sender = findAuthor(address, signedIn, directory, isDenied)
  if (!sender) return undefined
  const { people } = directory
  const author = people.getUser(sender.authorId)
  const isAlias = (author.aliases ?? []).some((alias) => alias.toLowerCase() === address.toLowerCase())
  return isAlias && !people.maySendFromAlias(author.tenantId) ? { ...sender, replacement: addressOf(author) } : sender
}

function findAuthor(
  address: string,
  { claims, actorId, mailboxId }: SignedIn,
  { people }: Directory,
  isDenied: () => boolean,
): Sender | undefined {
  const author = people.findUserInTenant(claims.tenantId, address)
  if (!author || !people.findMailbox(author.id)) return undefined
  if (author.id === actorId) return { authorId: author.id, onBehalfOf: undefined }
  // An application was let into this mailbox, and by that sends as it.
  if (claims.userId === undefined && author.id === mailboxId) return { authorId: author.id, onBehalfOf: undefined }
  if (isDenied()) return undefined
  if (people.hasRight(author.id, actorId, 'SendAs')) return { authorId: author.id, onBehalfOf: undefined }
  if (people.hasRight(author.id, actorId, 'SendOnBehalf')) {
    return { authorId: author.id, onBehalfOf: addressOf(people.getUser(actorId)) }
  }
  return undefined
}

export function addressOf({ displayName, mail, userPrincipalName }: User): Address {
  return { name: displayName, address: mail ?? userPrincipalName }
}
