import { z } from 'zod'
import { CONVERSATION_PLACES } from '../../conversations/index.ts'
import { SENDER_WARNINGS } from '../../mail/index.ts'
import { Address, Time } from '../fields.ts'
import { DeliveryReport, Marks } from './marks.ts'

export const Conversation = z
  .object({
    id: z.string(),
    emailAccountId: z.string(),
    subject: z.string(),
    status: z.enum(['open', 'waiting', 'snoozed', 'closed']),
    place: z
      .enum(CONVERSATION_PLACES)
      .describe('Outside the inbox, a conversation keeps its status and is in no view but that of its place.'),
    snoozedUntil: Time.optional().describe('Time at which a snoozed conversation opens.'),
    needsReply: z.boolean().describe('The latest message that a person wrote is from the customer.'),
    assigneeId: z.string().optional(),
    participants: z.array(
      Address.extend({
        isMisleading: z
          .boolean()
          .optional()
          .describe('The name shows another address, or the domain can pass for another one: show the address.'),
      }),
    ),
    preview: z.string(),
    unread: z.boolean().describe('For the caller; with a key, for the mailbox.'),
    messageCount: z.int(),
    lastMessageAt: Time,
    listedAt: Time.describe(
      'Order of lists: the time of the last message, or of the end of a snooze if that is later; in the list of view `sent`, the time of the last sent message; in that of `mentions`, a thousand years more for an unread mention, which comes first.',
    ),
    tagIds: z
      .array(z.string())
      .describe('Ids of tags. `GET /v1/tags` does not list deleted ones, which can be among them.'),
    hasAttachments: z.boolean().describe('A message has an attachment other than images inside its text.'),
    lastDirection: z.enum(['in', 'out']).describe('Direction of the latest message.'),
    lastAuthorId: z
      .string()
      .optional()
      .describe('Author of the latest message, if it was sent from Postkey. In lists of people only, not for keys.'),
    draftAuthorIds: z
      .array(z.string())
      .optional()
      .describe('Authors of drafts in the conversation, at most 5. In lists of people only, not for keys.'),
    createdAt: Time,
    mergedInto: z.string().optional().describe('Conversation that now has its messages.'),
    legalHold: z
      .object({ reason: z.string(), by: z.string().describe('Actor, such as `person:<id>`.'), at: Time })
      .optional()
      .describe('Nothing deletes the conversation or its messages until an admin removes the hold.'),
  })
  .meta({ id: 'Conversation' })

export const Message = z
  .object({
    id: z.string(),
    conversationId: z.string(),
    emailAccountId: z.string(),
    messageId: z.string().optional().describe('RFC 5322 Message-ID without <>.'),
    inReplyTo: z.array(z.string()),
    references: z.array(z.string()),
    direction: z.enum(['in', 'out']),
    subject: z.string(),
    from: Address.optional(),
    sender: Address.optional(),
    to: z.array(Address),
    cc: z.array(Address),
    bcc: z.array(Address),
    replyTo: z.array(Address),
    sentAt: Time.optional(),
    receivedAt: Time,
    flags: z.array(z.string()),
    unread: z.boolean(),
    preview: z.string(),
    hasAttachments: z.boolean(),
    imported: z.boolean(),
    presence: z.enum(['present', 'unconfirmed', 'elsewhere', 'gone']),
    inJunk: z.boolean().describe('True if the server filed it as spam, in Junk and in no other folder that is read.'),
    marks: Marks,
    warnings: z
      .array(z.object({ kind: z.enum(SENDER_WARNINGS), value: z.string() }))
      .describe('Reasons to doubt the sender; `value` holds the addresses or the domain.'),
    splitProposed: z.boolean().describe('A reply with a new subject: its own conversation, or `keep-together`.'),
    contentReplacedAt: Time.optional().describe(
      'Time at which the server last replaced its content, such as an attachment scanned after delivery: see `versions`.',
    ),
  })
  .meta({ id: 'Message' })

export const Bounce = z
  .object({
    messageId: z.string().describe('Message that reports it.'),
    receivedAt: Time,
    recipients: DeliveryReport.shape.recipients,
  })
  .meta({ id: 'Bounce' })

export const Note = z
  .object({
    id: z.string(),
    conversationId: z.string(),
    authorId: z.string(),
    body: z.string(),
    mentions: z.array(z.string()).describe('Ids of the people whom it mentions. The text has `@` and their names.'),
    createdAt: Time,
  })
  .meta({ id: 'Note' })
