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
    otherProtocol: z
      .object({
        protocol: z.enum(['graph', 'smtp']),
        messageBytes: z.int(),
        attachmentBytes: z.int(),
        isPermitted: z
          .boolean()
          .describe(
            'The sign-in of the mailbox permits it. Otherwise the change of the mailbox asks for the permission.',
          ),
      })
      .optional()
      .describe('Protocol that the mailbox could send by, if that allows larger files.'),
  })
  .meta({ id: 'SendingLimits' })

export const State = z.enum(['queued', 'sending', 'handed-over', 'sent', 'unknown', 'failed', 'canceled'])

const FIELDS = {
  id: z.string(),
  emailAccountId: z.string(),
  conversationId: z.string().optional(),
  messageId: z.string().describe('Message-ID of Postkey, without <>; fixed from acceptance.'),
  remoteMessageId: z.string().optional().describe('Message-ID as sent: Exchange may replace the first one.'),
  state: State,
  reason: z.string().optional().describe('For a sent message: reason why its copy in Sent is missing.'),
  detail: z.string().optional().describe('Reply of the server.'),
  why: Reason.optional().describe('Reason as text, where submissions are read.'),
  attempts: z.int(),
  nextTryAt: Time.optional(),
  notBefore: Time.optional().describe('While it is held: can certainly be canceled until then.'),
  sendAt: Time.optional().describe('Time that the author chose for sending.'),
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
    headers: z.record(z.string(), z.string()).optional(),
    attachments: z.array(
      z.object({ name: z.string(), contentType: z.string(), isInline: z.boolean(), sizeBytes: z.int() }),
    ),
  }),
  submittedBy: z.string(),
  canCancel: z
    .boolean()
    .describe(
      'Sending has not started, or it failed, unless an earlier attempt may have sent it. A message that a worker has claimed may start at any moment.',
    ),
  isAutomatic: z.boolean().describe('Automatic acknowledgement of received mail, without an author.'),
  createdAt: Time,
}

export const Submission = z.object(FIELDS).meta({ id: 'Submission' })

export const CanceledSubmission = z
  .object({ ...FIELDS, draftId: z.string().describe('Draft of the caller in which the text continues.') })
  .meta({ id: 'CanceledSubmission' })

/** A submission with the text of its reason, for people; programs use the code. */
export function withWhy<Read extends { reason: ErrorCode | undefined }>(submission: Read) {
  const { reason } = submission
  if (reason === undefined) return submission
  return { ...submission, why: storedReason(reason) }
}
