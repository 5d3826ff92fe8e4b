import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import type { Address, RemoteMessage } from '../mail/index.ts'
import { storableId, storableIds } from './storable.ts'

const MOST_PARTICIPANTS = 100
/** Looked through for somebody who is also in the message. */
export const MOST_OF_ONE_REMOTE_CONVERSATION = 20

/**
 * Every Message-ID that leads to the conversation of a message, the surest first: its own, because an answer to it or
 * the submission that sent it may be known before it; then what it answers; then what it names, the latest first.
 */
export function leadsOf(message: Pick<RemoteMessage, 'messageId' | 'inReplyTo' | 'references'>): string[] {
  const own = storableId(message.messageId)
  const references = storableIds(message.references).reverse()
  return [...new Set([...(own ? [own] : []), ...storableIds(message.inReplyTo), ...references])]
}

/** Remembers where each Message-ID leads. One that leads elsewhere already stays there. */
export async function leadToAll(
  tx: Tx,
  accountId: EmailAccountId,
  leads: ReadonlyMap<string, ConversationId>,
): Promise<void> {
  if (leads.size === 0) return
  await sql`
    INSERT INTO conversation_message_ids (email_account_id, message_id, conversation_id)
    SELECT ${accountId}, lead.message_id, lead.conversation_id
    FROM unnest(${[...leads.keys()]}::text[], ${[...leads.values()]}::uuid[]) AS lead(message_id, conversation_id)
    ON CONFLICT DO NOTHING`.execute(tx)
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

export function hasOneOf(participants: readonly Address[], others: readonly Address[]): boolean {
  const keys = new Set(others.map(keyOf))
  return participants.some((one) => keys.has(keyOf(one)))
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
