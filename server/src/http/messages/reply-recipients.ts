import { listOwnAddresses, type EmailAccount } from '../../email-accounts/index.ts'
import type { StoredMessage } from '../../conversations/index.ts'
import { recipientsOfReply, type Address } from '../../mail/index.ts'
import type { Rooms } from '../rooms.ts'

/** Recipients of a reply to the sender of a message, or to all of its addresses. The mailbox itself gets no copy. */
export async function replyRecipients(
  { emailAccounts }: Pick<Rooms, 'emailAccounts'>,
  { message, account }: { message: StoredMessage; account: EmailAccount },
  all: boolean,
): Promise<{ to: Address[]; cc: Address[] }> {
  // A sent message can have an address that is not known to belong to the mailbox.
  const own = listOwnAddresses(account)
  // The mailbox that received it, before its conversation moved.
  if (message.remoteAccountId !== account.id) {
    own.push(...listOwnAddresses(await emailAccounts.get(message.remoteAccountId)))
  }
  if (message.direction === 'out' && message.from) own.push(message.from.address)
  return recipientsOfReply(message, { all, own })
}
