import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, DraftId, EmailAccountId, IdentityId, StoredMessageId } from '../../kernel/ids.ts'
import { toActor, toAuthor } from '../caller.ts'
import { AnswerKind, longText, MAIL_LIMIT_BYTES, NewAttachment, recipients, subject } from '../drafts/draft.ts'
import { zonedTime } from '../fields.ts'
import { id } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { CustomHeaders } from './custom-headers.ts'
import { completeReply } from './complete-reply.ts'
import { AppliedCannedResponse, writtenText } from './from-canned-response.ts'
import { KnownAttachment, loadAttachments } from './known-attachments.ts'
import { digestOf, isCompleted } from './request-digest.ts'
import { Submission } from './submission.ts'

const LONGEST_HOLD_MS = 60_000
/** Longer text is refused by the sending limit anyway. */
const LONGEST_PREPARED = 1024 * 1024

export const submit = (rooms: Rooms) =>
  route({
    at: 'POST /v1/submissions',
    summary: 'Accepts a message for sending. Requests with the same Idempotency-Key are accepted only once.',
    authenticate: 'person-or-key',
    permit: members('mail:send'),
    whose: ({ body }) => whose(rooms).ofSent(body),
    validate: {
      headers: z.object({
        'idempotency-key': z.string().regex(/^[\x21-\x7e]{1,200}$/, TEXTS.printable),
      }),
      body: z.strictObject({
        emailAccountId: id<EmailAccountId>().optional().describe('Absent in a reply: the mailbox of the message.'),
        conversationId: id<ConversationId>().optional().describe('Conversation that it answers.'),
        replyToMessageId: id<StoredMessageId>()
          .optional()
          .describe(
            'Message that it answers; default: the latest of the conversation. It suffices: mailbox, conversation, recipients and subject are those of a reply to it, each unless it is given.',
          ),
        replyToAll: z
          .boolean()
          .default(false)
          .describe('A reply without recipients goes to all addresses of the message, instead of its sender.'),
        lastAnswerId: id()
          .nullable()
          .optional()
          .describe(
            'Precondition: `lastAnswerId` of the conversation as the writer saw it, null for none. If a later reply exists: 409 `submission.answered_meanwhile`, and nothing is sent.',
          ),
        answerKind: AnswerKind.optional().describe('Stored for the draft that a canceled submission becomes.'),
        identityId: id<IdentityId>()
          .optional()
          .describe('Sender name of the mailbox; default: the addressed one, or the default of the mailbox.'),
        draftId: id<DraftId>()
          .optional()
          .describe('Draft of the caller that becomes this message: its attachments are sent too, and it is deleted.'),
        holdMs: z
          .int()
          .min(0)
          .max(LONGEST_HOLD_MS)
          .default(0)
          .describe('Milliseconds before handover, in which it can certainly be canceled.'),
        sendAt: zonedTime
          .optional()
          .describe('Sends it at this time, at most a year ahead; until then it can be canceled. Replaces `holdMs`.'),
        thenStatus: z
          .enum(['closed', 'waiting'])
          .optional()
          .describe('Status that the conversation gets at once. Canceling restores the one before.'),
        to: recipients,
        cc: recipients,
        bcc: recipients,
        subject: subject.optional(),
        text: longText.optional().describe('Absent: derived from the HTML.'),
        html: longText.optional().describe('Sanitized: scripts, forms and style sheets are removed.'),
        cannedResponse: AppliedCannedResponse.optional(),
        headers: CustomHeaders.optional().describe(
          'Header fields of your own, at most 20, for programs that receive the message or its copy in Sent.',
        ),
        attachments: z
          .array(z.union([NewAttachment, KnownAttachment]))
          .max(100)
          .default([]),
      }),
    },
    bodyLimitBytes: MAIL_LIMIT_BYTES,
    repeated: 'own',
    act: async ({ body, headers, caller }) => {
      const {
        bcc,
        text,
        html,
        cannedResponse,
        headers: custom,
        attachments: chosen,
        sendAt,
        replyToAll,
        ...given
      } = body
      const { to, cc, subject, ...rest } = await completeReply(rooms, { ...given, bcc, replyToAll })
      const draft = { text, html, cannedResponse, attachments: chosen }
      const request = {
        ...rest,
        ...(sendAt !== undefined && { sendAt }),
        ...(isCompleted(draft) && { asGiven: digestOf(draft) }),
        // Includes the caller, so that equal keys of different callers do not collide.
        idempotencyKey: `${toActor(caller)}:${headers['idempotency-key']}`,
        submittedBy: toAuthor(caller),
      }
      const addressed = { to, cc, bcc, subject, ...(custom && { headers: custom }) }
      // Canned responses and messages may have changed since the first request.
      const repeated = isCompleted(draft)
        ? await rooms.submissions.findRepeated({ ...request, content: { ...addressed, attachments: [] } })
        : undefined
      if (repeated) return repeated
      const written = await writtenText(rooms, { text, html, cannedResponse }, { caller, to, subject })
      const of = { emailAccountId: request.emailAccountId, caller, html: written.html }
      const attachments = [...written.files, ...(await loadAttachments(rooms, chosen, of))]
      const submission = await rooms.submissions.submit({
        ...request,
        content: { ...addressed, ...(await prepared(rooms, written)), attachments },
      })
      if (cannedResponse) await rooms.writing.cannedResponses.countUse(cannedResponse.id)
      return submission
    },
    present: { status: 201, schema: Submission },
  })

/** Sanitized HTML with its text. Its text is derived unless given. */
async function prepared({ parser }: Rooms, { text, html }: { text: string | undefined; html: string | undefined }) {
  if (html === undefined || html.length > LONGEST_PREPARED) return { text, html }
  const outgoing = await parser.prepare(html)
  if (!outgoing) throw new AppError('submission.html_not_prepared')
  return { html: outgoing.html, text: text ?? outgoing.text }
}
