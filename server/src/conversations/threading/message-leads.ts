import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import type { FilingAccount } from '../conversations.ts'
import { storableId, storableIds } from '../stored/storable.ts'

const MOST_PARTICIPANTS = 100
/** Looked through for somebody who is also in the message. */
export const MOST_OF_ONE_REMOTE_CONVERSATION = 20

type Leading = Pick<RemoteMessage, 'messageId' | 'inReplyTo' | 'references' | 'marks'>

/**
 * Every Message-ID that leads to the conversation of a message, the surest first: its own, because an answer to it or
 * the submission that sent it may be known before it; then what it answers; then what it names, the latest first.
 *
 * A delivery report answers nobody: what its header names counts for nothing, see {@link reportedBy}.
 */
export function leadsOf(message: Leading): string[] {
  const own = storableId(message.messageId)
  if (message.marks?.deliveryReport) return own ? [own] : []
  const references = storableIds(message.references).reverse()
  return [...new Set([...(own ? [own] : []), ...storableIds(message.inReplyTo), ...references])]
}

/**
 * The Message-ID that a delivery report is about: only when we sent that message does the report belong to it. Anybody
 * can write mail that says it is a bounce.
 */
export function reportedBy({ marks }: Pick<RemoteMessage, 'marks'>): string | undefined {
  return storableId(marks?.deliveryReport?.originalMessageId)
}

/** Where our own tokens may stand: in what an answer refers to, and in what a report gives back of our header. */
export function tokenPlacesOf({ inReplyTo, references, marks }: Leading): readonly string[] {
  return marks?.deliveryReport?.originalReferences ?? [...references, ...inReplyTo]
}

/** Remembers where each Message-ID leads, and which are `ours`. One that leads elsewhere already stays there. */
export async function leadToAll(
  tx: Tx,
  accountId: EmailAccountId,
  leads: ReadonlyMap<string, ConversationId>,
  ours: ReadonlySet<string> = new Set(),
): Promise<void> {
  if (leads.size === 0) return
  const ids = [...leads.keys()]
  await sql`
    INSERT INTO conversation_message_ids (email_account_id, message_id, conversation_id, ours)
    SELECT ${accountId}, lead.message_id, lead.conversation_id, lead.ours
    FROM unnest(${ids}::text[], ${[...leads.values()]}::uuid[], ${ids.map((id) => ours.has(id))}::boolean[])
      AS lead(message_id, conversation_id, ours)
    ON CONFLICT (email_account_id, message_id) DO UPDATE SET ours = true
      WHERE excluded.ours AND NOT conversation_message_ids.ours`.execute(tx)
}

/** The other side of a message: who wrote what came in, whom we wrote to. */
export function otherSideOf(message: RemoteMessage, direction: 'in' | 'out', own: Own): Address[] {
  const { from, sender, replyTo, to, cc, bcc } = message
  const side = direction === 'in' ? [from, sender, ...replyTo] : [...to, ...cc, ...bcc]
  return withoutOwn(side, own)
}

/** Everybody in `known` and in the message, each once, without the account itself. */
export function participantsWith(
  known: readonly Address[],
  message: { from: Address | undefined } & Readonly<Record<'replyTo' | 'to' | 'cc', readonly Address[]>>,
  own: Own,
): Address[] {
  const all = [...known, ...withoutOwn([message.from, ...message.replyTo, ...message.to, ...message.cc], own)]
  const byKey = new Map<string, Address>()
  for (const one of all) {
    const key = addressKey(one)
    if (byKey.get(key)?.name) continue
    byKey.set(key, one)
  }
  return [...byKey.values()].slice(0, MOST_PARTICIPANTS)
}

export function hasOneOf(participants: readonly Address[], others: readonly Address[]): boolean {
  const keys = new Set(others.map(addressKey))
  return participants.some((one) => keys.has(addressKey(one)))
}

/** The addresses of an account, in lower case. */
export type Own = ReadonlySet<string>

export function ownOf({ address, aliases = [] }: Pick<FilingAccount, 'address' | 'aliases'>): Own {
  return new Set([address, ...aliases.map((alias) => alias.address)].map((each) => each.toLowerCase()))
}

function withoutOwn(addresses: readonly (Address | undefined)[], own: Own): Address[] {
  return addresses.filter((one) => one !== undefined).filter((one) => one.address && !own.has(addressKey(one)))
}

export function addressKey({ address }: Address): string {
  return address.toLowerCase()
}
