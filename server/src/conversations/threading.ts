import type { Tx } from '../database/index.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import type { Address, RemoteMessage } from '../mail/index.ts'
import { storableId, storableIds } from './storable.ts'

const MOST_PARTICIPANTS = 100
const MOST_OF_ONE_REMOTE_CONVERSATION = 20

/**
 * Every Message-ID that leads to the conversation of a message, the surest first: its own, because an answer to it or
 * the submission that sent it may be known before it; then what it answers; then what it names, the latest first.
 */
export function leadsOf(message: Pick<RemoteMessage, 'messageId' | 'inReplyTo' | 'references'>): string[] {
  const own = storableId(message.messageId)
  const references = storableIds(message.references).reverse()
  return [...new Set([...(own ? [own] : []), ...storableIds(message.inReplyTo), ...references])]
}

/**
 * The conversation a message belongs to: by the Message-IDs of its header (RFC 5322 §3.6.4), and only when they lead
 * nowhere by the server's own conversation, if somebody in it is also in this message: Exchange joins strangers who
 * write the same subject.
 */
export async function findConversation(
  tx: Tx,
  accountId: EmailAccountId,
  message: RemoteMessage,
  others: readonly Address[],
): Promise<ConversationId | undefined> {
  const leads = leadsOf(message)
  if (leads.length > 0) {
    const known = await tx
      .selectFrom('conversation_message_ids')
      .select(['message_id', 'conversation_id'])
      .where('email_account_id', '=', accountId)
      .where('message_id', 'in', leads)
      .execute()
    const byId = new Map(known.map((row) => [row.message_id, row.conversation_id]))
    const lead = leads.find((id) => byId.has(id))
    if (lead !== undefined) return byId.get(lead)
  }
  return message.remoteConversationId === undefined
    ? undefined
    : findByRemoteConversation(tx, accountId, message.remoteConversationId, others)
}

async function findByRemoteConversation(
  tx: Tx,
  accountId: EmailAccountId,
  remoteConversationId: string,
  others: readonly Address[],
): Promise<ConversationId | undefined> {
  const candidates = await tx
    .selectFrom('conversations')
    .select(['id', 'participants'])
    .where('id', 'in', (messages) =>
      messages
        .selectFrom('messages')
        .select('conversation_id')
        .where('email_account_id', '=', accountId)
        .where('remote_conversation_id', '=', remoteConversationId),
    )
    .orderBy('last_message_at', 'desc')
    .limit(MOST_OF_ONE_REMOTE_CONVERSATION)
    .execute()
  const here = new Set(others.map(keyOf))
  return candidates.find(({ participants }) => (participants as Address[]).some((one) => here.has(keyOf(one))))?.id
}

/** Remembers that all these Message-IDs lead here. One that leads elsewhere already stays there. */
export async function leadTo(
  tx: Tx,
  accountId: EmailAccountId,
  conversationId: ConversationId,
  leads: readonly string[],
): Promise<void> {
  if (leads.length === 0) return
  await tx
    .insertInto('conversation_message_ids')
    .values(leads.map((id) => ({ email_account_id: accountId, message_id: id, conversation_id: conversationId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The other side of a message: who wrote what came in, whom we wrote to. */
export function otherSideOf(message: RemoteMessage, direction: 'in' | 'out', own: string): Address[] {
  const { from, sender, replyTo, to, cc, bcc } = message
  const side = direction === 'in' ? [from, sender, ...replyTo] : [...to, ...cc, ...bcc]
  return withoutOwn(side, own)
}

/** Everybody in `known` and in the message, each once, without the account itself. */
export function participantsWith(known: readonly Address[], message: RemoteMessage, own: string): Address[] {
  const all = [...known, ...withoutOwn([message.from, ...message.replyTo, ...message.to, ...message.cc], own)]
  const byKey = new Map<string, Address>()
  for (const one of all) {
    const key = keyOf(one)
    if (byKey.get(key)?.name) continue
    byKey.set(key, one)
  }
  return [...byKey.values()].slice(0, MOST_PARTICIPANTS)
}

function withoutOwn(addresses: readonly (Address | undefined)[], own: string): Address[] {
  return addresses.filter((one) => one !== undefined).filter(({ address }) => address && !isSame(address, own))
}

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function keyOf({ address }: Address): string {
  return address.toLowerCase()
}
