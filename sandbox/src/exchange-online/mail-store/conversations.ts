import type { Database } from '../../kernel/database.ts'
import type { MessageContent } from './mail-objects.ts'
import {
  conversationGuid,
  firstConversationIndex,
  guidOfFirst,
  isConversationIndex,
  replyConversationIndex,
} from './conversation-index.ts'
import { conversationRestId } from './exchange-ids.ts'

export interface Conversation {
  conversationId: string
  conversationIndex: Uint8Array
}

interface Row {
  conversation_id: string
  conversation_index: Uint8Array
}

/** Maximum number of ancestors that are searched, the nearest first. */
const MOST_ANCESTORS = 100

/**
 * Determines the conversation of a message:
 *
 * 1. that of the message to which it was written as a reply;
 * 2. that of the nearest message in this mailbox which its `References` or `In-Reply-To` name;
 * 3. the one in its own `Thread-Index`, even when no other message of it is stored;
 * 4. a new one.
 *
 * The subject is ignored: Exchange before 2010 used it, which merged every "Hello" into one conversation.
 */
export function chooseConversation(
  database: Database,
  mailboxId: string,
  content: Pick<MessageContent, 'internetMessageId' | 'references' | 'inReplyTo'>,
  {
    at,
    replyToKey,
    threadIndex,
  }: { at: number; replyToKey?: number | undefined; threadIndex?: Uint8Array | undefined },
): Conversation {
  const ownIndex = threadIndex && isConversationIndex(threadIndex) ? threadIndex : undefined
  const ownGuid = guidOfFirst(content.internetMessageId)

  const parent = parentByKey(database, mailboxId, replyToKey) ?? ancestor(database, mailboxId, content)
  if (parent) {
    return {
      conversationId: parent.conversation_id,
      conversationIndex: ownIndex ?? replyConversationIndex(parent.conversation_index, at, ownGuid[0]!),
    }
  }
  const conversationIndex = ownIndex ?? firstConversationIndex(at, ownGuid)
  return { conversationId: conversationRestId(mailboxId, conversationGuid(conversationIndex)), conversationIndex }
}

function parentByKey(database: Database, mailboxId: string, key: number | undefined): Row | undefined {
  if (key === undefined) return undefined
  const sql = 'SELECT conversation_id, conversation_index FROM messages WHERE key = ? AND mailbox_id = ?'
  return database.get<Row>(sql, key, mailboxId)
}

function ancestor(
  database: Database,
  mailboxId: string,
  { references, inReplyTo }: Pick<MessageContent, 'references' | 'inReplyTo'>,
): Row | undefined {
  const ids = new Set([...inReplyTo, ...references.toReversed()])
  for (const id of [...ids].slice(0, MOST_ANCESTORS)) {
    const row = database.get<Row>(
      `SELECT conversation_id, conversation_index FROM messages
       WHERE mailbox_id = ? AND internet_message_id = ? ORDER BY key LIMIT 1`,
      mailboxId,
      id,
    )
    if (row) return row
  }
  return undefined
}
