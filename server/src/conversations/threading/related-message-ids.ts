import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { storableId, storableIds } from '../stored/storable.ts'

type ReferenceFields = Pick<RemoteMessage, 'messageId' | 'inReplyTo' | 'references' | 'marks'>

/**
 * Message-IDs of the conversation of a message, most reliable first: its own, because a reply or the submission may be
 * known before it; then In-Reply-To; then References, latest first.
 *
 * A delivery report is not a reply: only its own Message-ID counts, see {@link reportedMessageId}.
 *
 * @see RFC 5322 §3.6.4
 */
export function relatedMessageIds(message: ReferenceFields): string[] {
  const own = storableId(message.messageId)
  if (message.marks?.deliveryReport) return own ? [own] : []
  const references = storableIds(message.references).reverse()
  return [...new Set([...(own ? [own] : []), ...storableIds(message.inReplyTo), ...references])]
}

/**
 * Message-ID that a delivery report is about. The report belongs to the message only when the account sent it: any sender
 * can write mail that looks like a bounce.
 */
export function reportedMessageId({ marks }: Pick<RemoteMessage, 'marks'>): string | undefined {
  return storableId(marks?.deliveryReport?.originalMessageId)
}

/** Message-IDs among which a conversation token may be: References of a reply, or those that a report returns. */
export function possibleTokens({ inReplyTo, references, marks }: ReferenceFields): readonly string[] {
  return marks?.deliveryReport?.originalReferences ?? [...references, ...inReplyTo]
}

/**
 * Saves the conversation of each Message-ID, and which of them are `ours`, that is, of sent messages. A Message-ID that
 * has a conversation in a mailbox keeps it there. In the order of the key, so that two mailboxes with a moved conversation
 * can't deadlock.
 *
 * @param accountIds  the mailboxes that answers may arrive in
 */
export async function saveMessageIds(
  tx: Tx,
  accountIds: readonly EmailAccountId[],
  conversations: ReadonlyMap<string, ConversationId>,
  ours: ReadonlySet<string> = new Set(),
): Promise<void> {
  if (conversations.size === 0) return
  const ids = [...conversations.keys()]
  await sql`
    INSERT INTO conversation_message_ids (email_account_id, message_id, conversation_id, ours)
    SELECT account.id, saved.message_id, saved.conversation_id, saved.ours
    FROM unnest(${[...accountIds]}::uuid[]) AS account(id), unnest(${ids}::text[], ${[...conversations.values()]}::uuid[], ${ids.map((id) => ours.has(id))}::boolean[])
      AS saved(message_id, conversation_id, ours)
    ORDER BY account.id, saved.message_id
    ON CONFLICT (email_account_id, message_id) DO UPDATE SET ours = true
      WHERE excluded.ours AND NOT conversation_message_ids.ours`.execute(tx)
}
