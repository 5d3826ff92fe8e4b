import type { Directory, User } from '../../tenants/index.ts'
import type { Address } from '../mime/index.ts'
import type { SignedIn } from './sign-in.ts'

export interface Sender {
  /** Mailbox of the author, which may also keep a Sent copy (§E.7). */
  authorId: string
  /** Actual sender, when it is visible to the recipients: *Anna on behalf of Support*. */
  onBehalfOf: Address | undefined
  /** Address in From in place of an alias, where the organization does not allow mail from aliases. */
  replacement?: Address
}

/**
 * Checks that the caller can send as `address`; `undefined` when not. The own address is always allowed. Another
 * address requires Send As (no trace in the message) or Send on Behalf (adds a `Sender`); Full Access alone is not
 * enough.
 *
 * @param isDenied called for sending in another name
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
  return isAlias && !people.maySendFromAlias(author.tenantId) ? { ...sender, replacement: toAddress(author) } : sender
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
  // An application with access to this mailbox may also send as it.
  if (claims.userId === undefined && author.id === mailboxId) return { authorId: author.id, onBehalfOf: undefined }
  if (isDenied()) return undefined
  if (people.hasRight(author.id, actorId, 'SendAs')) return { authorId: author.id, onBehalfOf: undefined }
  if (people.hasRight(author.id, actorId, 'SendOnBehalf')) {
    return { authorId: author.id, onBehalfOf: toAddress(people.getUser(actorId)) }
  }
  return undefined
}

export function toAddress({ displayName, mail, userPrincipalName }: User): Address {
  return { name: displayName, address: mail ?? userPrincipalName }
}
