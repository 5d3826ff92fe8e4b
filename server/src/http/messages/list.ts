import { z } from 'zod'
import { MESSAGE_KINDS } from '../../conversations/index.ts'
import type { ConversationId, EmailAccountId, FolderId } from '../../kernel/ids.ts'
import { chosen, fieldsOf } from '../chosen-fields.ts'
import { line, page, zonedTime } from '../fields.ts'
import { id } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { FullMessage, PARTS, partsFor, partsOf, withParts } from './full-message.ts'

/** A page of a hundred messages has at most 20 MB of text. */
const LONGEST_BODY = 100_000

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const listMessages = (rooms: Rooms) =>
  route({
    at: 'GET /v1/messages',
    summary:
      "Lists messages in the caller's mailboxes, latest first, with their text. `next` of a page is `cursor` of the following one. After a second it returns what it has found, so a page with `next` may be short or empty.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ query }) => query.emailAccountId,
    validate: {
      query: z.strictObject({
        emailAccountId: id<EmailAccountId>().optional(),
        conversationId: id<ConversationId>().optional(),
        folderId: id<FolderId>().optional(),
        direction: z.enum(['in', 'out']).optional(),
        kind: z
          .enum(MESSAGE_KINDS)
          .optional()
          .describe('`personal`: written by a person. `automatic`: by a program, which includes bounces and receipts.'),
        after: zonedTime.optional().describe('Received at or after this time.'),
        before: zonedTime.optional().describe('Received before this time.'),
        messageId: line.max(998).optional().describe('RFC 5322 Message-ID without <>.'),
        from: line.max(320).optional().describe('An address, or a domain with @ in front.'),
        to: line.max(320).optional().describe('An address in To, Cc or Bcc, or a domain with @ in front.'),
        subject: line.max(500).optional().describe('A part of the subject.'),
        hasAttachments: flag.optional(),
        unread: flag.optional(),
        include: partsOf(PARTS),
        fields: fieldsOf(FullMessage),
        cursor: z.string().max(200).optional(),
        limit: page(100, 50),
      }),
    },
    act: async ({ query, caller }) => {
      const { cursor, limit, include, fields, emailAccountId, ...filter } = query
      const parts = partsFor(fields, include)
      const emailAccountIds = emailAccountId === undefined ? caller.visibleAccounts : [emailAccountId]
      const found = await rooms.conversations.messages.list({ ...filter, emailAccountIds }, { cursor, limit })
      return { messages: await withParts(rooms, found.messages, parts, LONGEST_BODY), next: found.next }
    },
    present: {
      status: 200,
      schema: z.object({ messages: z.array(FullMessage), next: z.string().optional() }),
      select: ({ messages, ...page }, { fields }) => ({
        messages: messages.map((message) => chosen(message, fields)),
        ...page,
      }),
    },
  })
