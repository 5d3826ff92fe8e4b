import { z } from 'zod'
import { storedReason, type ErrorCode } from '../../kernel/errors.ts'
import { Address, Reason, Time } from '../fields.ts'

export const SendingLimits = z
  .object({
    messageBytes: z.int(),
    attachmentBytes: z.int(),
    bodyBytes: z.int(),
    attachments: z.int(),
    recipients: z.int(),
  })
  .meta({ id: 'SendingLimits' })

const FIELDS = {
  id: z.string(),
  emailAccountId: z.string(),
  conversationId: z.string().optional(),
  messageId: z.string().describe('Ours, without <>; fixed from the moment the message was accepted.'),
  remoteMessageId: z.string().optional().describe('The one it went out with: Exchange may replace ours.'),
  state: z.enum(['queued', 'sending', 'handed-over', 'sent', 'unknown', 'failed', 'canceled']),
  reason: z.string().optional().describe('Of a sent message: why its copy is missing in Sent.'),
  detail: z.string().optional().describe('What the server said of it, in its own words.'),
  why: Reason.optional().describe('The reason in words, where submissions are read.'),
  attempts: z.int(),
  nextTryAt: Time.optional(),
  notBefore: Time.optional().describe('While it is held back: until then it can be canceled for certain.'),
  sentMessageId: z.string().optional(),
  from: Address,
  replyTo: z.array(Address),
  content: z.object({
    to: z.array(Address),
    cc: z.array(Address),
    bcc: z.array(Address),
    subject: z.string(),
    text: z.string().optional(),
    html: z.string().optional(),
    attachments: z.array(
      z.object({ name: z.string(), contentType: z.string(), isInline: z.boolean(), sizeBytes: z.int() }),
    ),
  }),
  submittedBy: z.string(),
  isAutomatic: z.boolean().describe('Nobody wrote it: it acknowledges what was received.'),
  createdAt: Time,
}

export const Submission = z.object(FIELDS).meta({ id: 'Submission' })

export const CanceledSubmission = z
  .object({ ...FIELDS, draftId: z.string().describe('Where what was written goes on; a draft of the caller.') })
  .meta({ id: 'CanceledSubmission' })

/** A submission with the text of its reason, for people; programs use the code. */
export function withWhy<Read extends { reason: ErrorCode | undefined }>(submission: Read) {
  const { reason } = submission
  if (reason === undefined) return submission
  return { ...submission, why: storedReason(reason) }
}
