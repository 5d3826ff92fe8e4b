import { z } from 'zod'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import { Address, line, NewAddress, Time } from '../fields.ts'
import { id } from '../ids.ts'

export const Draft = z
  .object({
    id: z.string(),
    emailAccountId: z.string(),
    conversationId: z.string().optional(),
    authorId: z.string(),
    content: z.object({
      inReplyTo: z.string().optional(),
      to: z.array(Address),
      cc: z.array(Address),
      bcc: z.array(Address),
      subject: z.string(),
      text: z.string().optional(),
      html: z.string().optional(),
    }),
    version: z.int().describe('Grows with each save.'),
    updatedAt: Time,
  })
  .meta({ id: 'Draft' })

const LONGEST_TEXT = 500_000

/** What somebody is writing: addresses may still be wrong or missing. */
export const DraftContent = z.strictObject({
  inReplyTo: id<StoredMessageId>().optional(),
  to: z.array(z.strictObject({ name: z.string().max(200), address: z.string().max(320) })).max(500),
  cc: z.array(z.strictObject({ name: z.string().max(200), address: z.string().max(320) })).max(500),
  bcc: z.array(z.strictObject({ name: z.string().max(200), address: z.string().max(320) })).max(500),
  subject: z.string().max(1000),
  text: z.string().max(LONGEST_TEXT).optional(),
  html: z.string().max(LONGEST_TEXT).optional(),
})

export const NewDraft = z.strictObject({
  emailAccountId: id<EmailAccountId>(),
  conversationId: id<ConversationId>().optional(),
  content: DraftContent,
})

/** What is to go out: everything is looked at again by `submission`, this is the form. */
export const recipients = z.array(NewAddress).max(500).default([])
export const subject = line.max(1000)
export const longText = z.string().max(5_000_000)
