import { z } from 'zod'
import type { ConversationId, DraftId, EmailAccountId, IdentityId, StoredMessageId } from '../../kernel/ids.ts'
import { Address, line, NewAddress, Time } from '../fields.ts'
import { id } from '../ids.ts'
import { TEXTS } from '../texts.ts'

/** Relation of a draft to the message that it answers. */
export const AnswerKind = z.enum(['reply', 'reply-all', 'forward'])

export const DraftAttachment = z
  .object({
    id: z.string(),
    name: z.string(),
    contentType: z.string(),
    contentId: z.string().optional().describe('Without <>; the HTML may show it by `cid:` and this.'),
    isInline: z.boolean(),
    sizeBytes: z.int(),
  })
  .meta({ id: 'DraftAttachment' })

export const Draft = z
  .object({
    id: z.string(),
    emailAccountId: z.string(),
    conversationId: z.string().optional(),
    authorId: z.string(),
    content: z.object({
      inReplyTo: z.string().optional(),
      answerKind: AnswerKind.optional(),
      identityId: z.string().optional().describe('Sender name of the mailbox.'),
      to: z.array(Address),
      cc: z.array(Address),
      bcc: z.array(Address),
      subject: z.string(),
      text: z.string().optional(),
      html: z.string().optional(),
    }),
    attachments: z.array(DraftAttachment),
    version: z.int().describe('Increases with each save of the content.'),
    updatedAt: Time,
  })
  .meta({ id: 'Draft' })

export const ListedDraft = Draft.extend({
  content: Draft.shape.content.omit({ text: true, html: true }),
  preview: z.string().describe('First words of the text.'),
}).meta({ id: 'ListedDraft' })

/** Same limit as for sending, so that a canceled message fits into a draft again. */
const LONGEST_TEXT = 1024 * 1024
/** Text and HTML, as JSON with its escapes. */
export const DRAFT_LIMIT_BYTES = 4 * 1024 * 1024

/** Content of a draft; addresses can still be invalid or missing. */
export const DraftContent = z.strictObject({
  inReplyTo: id<StoredMessageId>().optional(),
  answerKind: AnswerKind.optional(),
  identityId: id<IdentityId>().optional(),
  to: z.array(z.strictObject({ name: z.string().max(200), address: z.string().max(320) })).max(500),
  cc: z.array(z.strictObject({ name: z.string().max(200), address: z.string().max(320) })).max(500),
  bcc: z.array(z.strictObject({ name: z.string().max(200), address: z.string().max(320) })).max(500),
  subject: z.string().max(1000),
  text: z.string().max(LONGEST_TEXT).optional(),
  html: z.string().max(LONGEST_TEXT).optional(),
})

export const NewDraft = z.strictObject({
  id: id<DraftId>()
    .optional()
    .describe('Id chosen by the client, so that a repeated request creates one draft: it returns 409.'),
  emailAccountId: id<EmailAccountId>(),
  conversationId: id<ConversationId>().optional(),
  content: DraftContent,
})

/** Exchange's limit for a message, as base64 in JSON. The limit of the account is checked by its module. */
export const MAIL_LIMIT_BYTES = 48 * 1024 * 1024

export const NewAttachment = z.strictObject({
  name: line.min(1).max(255),
  contentType: z.string().regex(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/, TEXTS.mediaType),
  contentId: z
    .string()
    .regex(/^[\w.@+-]{1,200}$/)
    .optional(),
  isInline: z.boolean().default(false),
  content: z.base64().transform((text) => Buffer.from(text, 'base64')),
})

/** Recipients of a message. Only the format is checked here; `submission` checks everything again. */
export const recipients = z.array(NewAddress).max(500).default([])
export const subject = line.max(1000)
export const longText = z.string().max(5_000_000)
