import { z } from 'zod'
import { CONVERSATION_VIEWS, MESSAGE_KINDS } from '../../conversations/index.ts'
import { Conversation } from '../conversations/conversation.ts'
import { getConversation } from '../conversations/get.ts'
import { listConversations } from '../conversations/list.ts'
import { EmailAccount } from '../email-accounts/email-account.ts'
import { listEmailAccounts } from '../email-accounts/list.ts'
import { FullMessage } from '../messages/full-message.ts'
import { getMessage } from '../messages/get.ts'
import { listMessages } from '../messages/list.ts'
import type { Rooms } from '../rooms.ts'
import {
  cutLine,
  McpMessage,
  ReadMcpMessage,
  showAddresses,
  showPreviewed,
  showRead,
  UNTRUSTED,
  Untrusted,
} from './mail-content.ts'
import { READS, tool, type McpTool } from './tool.ts'

/** UTF-16 units of text: of one message, and of each message of a conversation. */
const LONGEST_TEXT = 50_000
const LONGEST_OF_CONVERSATION = 8_000

export const account = z.string().max(36).describe('Id or short key of a mailbox, from list_mailboxes.')
const cursor = z.string().max(200).optional().describe('`next` of the page before.')
const limit = (most: number, usual: number) => z.int().min(1).max(most).default(usual)
const time = z.iso.datetime({ offset: true }).optional()
const text = (value: boolean | undefined) => (value === undefined ? undefined : String(value))

const ShownConversation = z.object({
  id: z.string(),
  emailAccountId: z.string(),
  subject: z.string(),
  status: z.string(),
  needsReply: z.boolean().describe('The latest message that a person wrote is from the customer.'),
  unread: z.boolean(),
  messageCount: z.int(),
  lastMessageAt: z.string(),
  participants: z.array(z.object({ name: z.string(), address: z.string() })),
  preview: z.string(),
})

function showConversation(conversation: z.output<typeof Conversation>): z.input<typeof ShownConversation> {
  const { id, emailAccountId, status, needsReply, unread, messageCount, lastMessageAt } = conversation
  return {
    ...{ id, emailAccountId, status, needsReply, unread, messageCount, lastMessageAt },
    subject: cutLine(conversation.subject),
    participants: showAddresses(conversation.participants),
    preview: cutLine(conversation.preview),
  }
}

/** Tools that change nothing. */
export function readingTools(rooms: Rooms): McpTool[] {
  const routes = {
    accounts: listEmailAccounts(rooms),
    messages: listMessages(rooms),
    message: getMessage(rooms),
    conversations: listConversations(rooms),
    conversation: getConversation(rooms),
  }
  const MessagePage = z.object({ messages: z.array(FullMessage), next: z.string().optional() })

  return [
    tool({
      name: 'list_mailboxes',
      title: 'List mailboxes',
      description: 'Lists the mailboxes that the API key can see, with their ids, short keys and connection states.',
      routes: [routes.accounts],
      annotations: READS,
      input: z.strictObject({}),
      output: z.object({
        emailAccounts: z.array(
          z.object({
            id: z.string(),
            key: z.string(),
            name: z.string(),
            address: z.string(),
            kind: z.string(),
            state: z.string().describe('Mail is current only if it is `connected`.'),
          }),
        ),
      }),
      run: async (_input, call) => {
        const { emailAccounts } = await call(routes.accounts, z.object({ emailAccounts: z.array(EmailAccount) }))
        const shown = emailAccounts.map(({ id, key, name, address, kind, state }) => {
          return { id, key, name, address, kind, state }
        })
        return { summary: `Mailboxes: ${shown.length}.`, content: { emailAccounts: shown } }
      },
    }),

    tool({
      name: 'search_messages',
      title: 'Search messages',
      description:
        'Finds messages by filters, latest first, with a preview. A page may be short or empty and still have `next`. For words in texts, use search_conversations.',
      routes: [routes.messages],
      annotations: READS,
      input: z.strictObject({
        emailAccountId: account.optional(),
        conversationId: z.uuid().optional(),
        direction: z.enum(['in', 'out']).optional(),
        kind: z.enum(MESSAGE_KINDS).optional(),
        after: time.describe('Received at or after this time (ISO 8601 with zone).'),
        before: time.describe('Received before this time.'),
        from: z.string().max(320).optional().describe('An address, or a domain with @ in front.'),
        to: z.string().max(320).optional().describe('An address in To, Cc or Bcc, or a domain with @ in front.'),
        subject: z.string().max(500).optional().describe('A part of the subject.'),
        messageId: z.string().max(998).optional().describe('RFC 5322 Message-ID without <>.'),
        hasAttachments: z.boolean().optional(),
        unread: z.boolean().optional(),
        cursor,
        limit: limit(50, 20),
      }),
      output: z.object({ untrusted: Untrusted, messages: z.array(McpMessage), next: z.string().optional() }),
      run: async ({ limit, hasAttachments, unread, ...filter }, call) => {
        const flags = { hasAttachments: text(hasAttachments), unread: text(unread) }
        const query = { ...filter, ...flags, include: '', limit: String(limit) }
        const { messages, next } = await call(routes.messages, MessagePage, { query })
        return {
          summary: found('Messages', messages.length, next),
          content: { untrusted: UNTRUSTED, messages: messages.map(showPreviewed), ...(next !== undefined && { next }) },
        }
      },
    }),

    tool({
      name: 'search_conversations',
      title: 'Search conversations',
      description:
        'Lists conversations, newest first, and searches their texts. A page of a search may be short or empty and still have `next`.',
      routes: [routes.conversations],
      annotations: READS,
      input: z.strictObject({
        search: z
          .string()
          .max(500)
          .optional()
          .describe(
            'Words, of which a prefix suffices; "phrases"; from: to: subject: body: filename: has:attachment before: after: is: tag:; - in front negates.',
          ),
        view: z
          .enum(CONVERSATION_VIEWS)
          .default('all')
          .describe('`open`, `needs-reply` and others; `mine` and `mentions` are empty for a key.'),
        emailAccountId: account.optional(),
        before: cursor,
        limit: limit(50, 20),
      }),
      output: z.object({
        untrusted: Untrusted,
        conversations: z.array(ShownConversation),
        next: z.string().optional().describe('`before` of the next page.'),
        ignored: z.array(z.string()).optional().describe('Parts of the search that are ignored, and why.'),
      }),
      run: async ({ limit, ...query }, call) => {
        const Page = z.object({
          conversations: z.array(Conversation),
          next: z.string().optional(),
          search: z.object({ problems: z.array(z.object({ term: z.string(), title: z.string() })) }).optional(),
        })
        const page = await call(routes.conversations, Page, { query: { ...query, limit: String(limit) } })
        const ignored = page.search?.problems.map(({ term, title }) => `${term}: ${title}`) ?? []
        return {
          summary: found('Conversations', page.conversations.length, page.next),
          content: {
            untrusted: UNTRUSTED,
            conversations: page.conversations.map(showConversation),
            ...(page.next !== undefined && { next: page.next }),
            ...(ignored.length > 0 && { ignored }),
          },
        }
      },
    }),

    tool({
      name: 'read_conversation',
      title: 'Read a conversation',
      description: `Returns a conversation with its messages as plain text, latest first, without quotations, ${LONGEST_OF_CONVERSATION} characters of each. Notes of the team are left out.`,
      routes: [routes.conversation, routes.messages],
      annotations: READS,
      input: z.strictObject({ conversationId: z.uuid(), cursor, limit: limit(20, 10) }),
      output: z.object({
        untrusted: Untrusted,
        conversation: ShownConversation,
        lastAnswerId: z
          .string()
          .nullable()
          .describe('Give it to `reply`, which then sends nothing if someone has answered meanwhile.'),
        messages: z.array(ReadMcpMessage),
        next: z.string().optional(),
      }),
      run: async ({ conversationId, cursor, limit }, call) => {
        const Head = z.object({ conversation: Conversation, lastAnswerId: z.string().optional() })
        const { conversation, lastAnswerId } = await call(routes.conversation, Head, {
          params: { id: conversationId },
          query: { limit: '1' },
        })
        const { messages, next } = await call(routes.messages, MessagePage, {
          query: { conversationId, cursor, limit: String(limit), include: 'text,attachments' },
        })
        const longest = LONGEST_OF_CONVERSATION
        return {
          summary: found('Messages of the conversation', messages.length, next),
          content: {
            untrusted: UNTRUSTED,
            conversation: showConversation(conversation),
            lastAnswerId: lastAnswerId ?? null,
            messages: messages.map((message) => showRead(message, { longest })),
            ...(next !== undefined && { next }),
          },
        }
      },
    }),

    tool({
      name: 'read_message',
      title: 'Read a message',
      description: `Returns a message as plain text with its attachments listed, ${LONGEST_TEXT} characters at a time.`,
      routes: [routes.message],
      annotations: READS,
      input: z.strictObject({
        messageId: z.uuid(),
        withQuotation: z.boolean().default(false).describe('With the quoted earlier messages.'),
        offset: z.int().min(0).default(0).describe('`nextOffset` of the part before.'),
      }),
      output: z.object({ untrusted: Untrusted, message: ReadMcpMessage }),
      run: async ({ messageId, ...part }, call) => {
        const query = { include: 'text,attachments' }
        const message = await call(routes.message, FullMessage, { params: { id: messageId }, query })
        const shown = showRead(message, { ...part, longest: LONGEST_TEXT })
        const rest = shown.nextOffset === undefined ? '' : ` The text continues at offset ${shown.nextOffset}.`
        return { summary: `The message.${rest}`, content: { untrusted: UNTRUSTED, message: shown } }
      },
    }),
  ]
}

function found(things: string, count: number, next: string | undefined): string {
  return `${things}: ${count}.${next === undefined ? '' : ' More with next.'}`
}
