import { z } from 'zod'
import { createDraft } from '../drafts/create.ts'
import { Draft } from '../drafts/draft.ts'
import { line, NewAddress } from '../fields.ts'
import { Answer, drawAnswer } from '../messages/draw-answer.ts'
import { FullMessage } from '../messages/full-message.ts'
import { getMessage } from '../messages/get.ts'
import type { Rooms } from '../rooms.ts'
import { getSubmission } from '../submissions/get.ts'
import { submit } from '../submissions/submit.ts'
import { Submission } from '../submissions/submission.ts'
import { TEXTS } from '../texts.ts'
import type { CallRoute } from './call-route.ts'
import { cutLine, showAddresses, UNTRUSTED, Untrusted } from './mail-content.ts'
import { account } from './reading-tools.ts'
import { READS, SENDS, tool, WRITES, type McpTool } from './tool.ts'

const addresses = z.array(NewAddress).max(100)
const text = z.string().min(1).max(200_000).describe('Plain text.')
const subject = line.max(1000)
const replyToAll = z.boolean().default(false).describe('To all addresses of the message instead of its sender.')
const sendAt = z.iso
  .datetime({ offset: true })
  .optional()
  .describe('Time of sending, at most a year ahead. Until then it can be canceled.')
const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, TEXTS.printable)
  .describe('Chosen by you, one for each message: repeat it to send nothing twice after a failure or a timeout.')

const ShownAddress = z.object({ name: z.string(), address: z.string() })

const ShownDraft = z.object({
  id: z.string(),
  emailAccountId: z.string(),
  conversationId: z.string().optional(),
  to: z.array(ShownAddress),
  cc: z.array(ShownAddress),
  subject: z.string(),
})

const ShownSubmission = z.object({
  id: z.string(),
  emailAccountId: z.string(),
  conversationId: z.string().optional(),
  state: z
    .string()
    .describe('`sent` and `failed` are final. `unknown`: it may have been sent, so never send it again on your own.'),
  to: z.array(ShownAddress),
  cc: z.array(ShownAddress),
  subject: z.string(),
  sendAt: z.string().optional(),
  sentMessageId: z.string().optional().describe('Id of the message that was sent, for read_message.'),
  why: z.object({ code: z.string(), title: z.string(), remedy: z.string(), fix: z.string() }).optional(),
  detail: z.string().optional().describe('Reply of the mail server.'),
})

const Submitted = z.object({ untrusted: Untrusted, submission: ShownSubmission })

/** Tools for outgoing mail. */
export function writingTools(rooms: Rooms): McpTool[] {
  const routes = {
    createDraft: createDraft(rooms),
    answer: drawAnswer(rooms),
    message: getMessage(rooms),
    submit: submit(rooms),
    submission: getSubmission(rooms),
  }

  async function submitOnce(call: CallRoute, key: string, body: Record<string, unknown>) {
    const headers = { 'idempotency-key': key }
    return showSubmission(await call(routes.submit, Submission, { headers, body }))
  }

  return [
    tool({
      name: 'create_draft',
      title: 'Create a draft',
      description:
        'Stores a draft and sends nothing. An answer (replyToMessageId) appears in its conversation, where the agents of the mailbox see it; this needs the scope mail:read too. A draft of a new message is seen by programs with the same key only.',
      routes: [routes.createDraft],
      annotations: WRITES,
      input: z
        .strictObject({
          replyToMessageId: z.uuid().optional(),
          replyToAll,
          emailAccountId: account.optional().describe('Mailbox of a new message. Absent in an answer.'),
          to: addresses.optional().describe('Absent in an answer: as Postkey addresses it.'),
          cc: addresses.optional(),
          bcc: addresses.default([]),
          subject: subject.optional().describe('Absent in an answer: that of the message, with Re:.'),
          text,
        })
        .refine(
          ({ replyToMessageId, emailAccountId }) => (replyToMessageId === undefined) !== (emailAccountId === undefined),
          {
            path: ['emailAccountId'],
            message: TEXTS.givenOrReplied,
          },
        ),
      output: z.object({ untrusted: Untrusted, draft: ShownDraft }),
      run: async ({ replyToMessageId, replyToAll, emailAccountId, to, cc, bcc, subject, text }, call) => {
        const start =
          replyToMessageId === undefined
            ? { head: { emailAccountId }, content: { to: [], cc: [], subject: '' } }
            : await startOfAnswer(call, replyToMessageId, replyToAll)
        const isAddressed = to !== undefined || cc !== undefined
        const content = {
          ...start.content,
          ...(isAddressed && { to: to ?? [], cc: cc ?? [] }),
          ...(subject !== undefined && { subject }),
          bcc,
          text,
        }
        const draft = await call(routes.createDraft, Draft, { body: { ...start.head, content } })
        return {
          summary: 'The draft is stored. Nothing was sent.',
          content: { untrusted: UNTRUSTED, draft: showDraft(draft) },
        }
      },
    }),

    tool({
      name: 'send_message',
      title: 'Send a new message',
      description: 'Sends a new message from a mailbox. To answer one, use reply.',
      routes: [routes.submit],
      annotations: SENDS,
      input: z.strictObject({
        idempotencyKey,
        emailAccountId: account,
        to: addresses.min(1),
        cc: addresses.default([]),
        bcc: addresses.default([]),
        subject,
        text,
        sendAt,
      }),
      output: Submitted,
      run: async ({ idempotencyKey, ...body }, call) => submitOnce(call, idempotencyKey, body),
    }),

    tool({
      name: 'reply',
      title: 'Answer a message',
      description:
        'Sends an answer in the conversation of a message, to its sender unless recipients are given. The earlier messages are not quoted.',
      routes: [routes.submit],
      annotations: SENDS,
      input: z.strictObject({
        idempotencyKey,
        replyToMessageId: z.uuid(),
        replyToAll,
        to: addresses.optional(),
        cc: addresses.optional(),
        bcc: addresses.default([]),
        subject: subject.optional(),
        text,
        lastAnswerId: z
          .uuid()
          .nullable()
          .optional()
          .describe('As read_conversation returned it: nothing is sent if someone has answered since.'),
        sendAt,
      }),
      output: Submitted,
      run: async ({ idempotencyKey, ...body }, call) => submitOnce(call, idempotencyKey, body),
    }),

    tool({
      name: 'get_submission',
      title: 'Get the state of a sent message',
      description:
        'Returns the state of a message that was accepted for sending, with the reason of a failure and its fix.',
      routes: [routes.submission],
      annotations: READS,
      input: z.strictObject({ submissionId: z.uuid() }),
      output: Submitted,
      run: async ({ submissionId }, call) =>
        showSubmission(await call(routes.submission, Submission, { params: { id: submissionId } })),
    }),
  ]

  async function startOfAnswer(call: CallRoute, id: string, toAll: boolean) {
    const kind = toAll ? 'reply-all' : 'reply'
    const message = await call(routes.message, FullMessage, { params: { id }, query: { include: '' } })
    const answer = await call(routes.answer, Answer, { params: { id }, query: { kind } })
    const { emailAccountId, conversationId } = message
    const { to, cc, subject, identityId } = answer
    return {
      head: { emailAccountId, conversationId },
      content: { to, cc, subject, identityId, inReplyTo: id, answerKind: kind },
    }
  }
}

function showDraft({
  id,
  emailAccountId,
  conversationId,
  content,
}: z.output<typeof Draft>): z.input<typeof ShownDraft> {
  return {
    ...{ id, emailAccountId },
    ...(conversationId !== undefined && { conversationId }),
    ...{ to: showAddresses(content.to), cc: showAddresses(content.cc), subject: cutLine(content.subject) },
  }
}

function showSubmission(submission: z.output<typeof Submission>) {
  const { id, emailAccountId, conversationId, state, content, sendAt, sentMessageId, why, detail } = submission
  const shown: z.input<typeof ShownSubmission> = {
    ...{ id, emailAccountId, state },
    ...(conversationId !== undefined && { conversationId }),
    ...{ to: showAddresses(content.to), cc: showAddresses(content.cc), subject: cutLine(content.subject) },
    ...(sendAt !== undefined && { sendAt }),
    ...(sentMessageId !== undefined && { sentMessageId }),
    ...(why && { why: { code: why.code, title: why.title, remedy: why.remedy, fix: why.fix } }),
    ...(detail !== undefined && { detail: cutLine(detail) }),
  }
  return { summary: `State: ${state}.`, content: { untrusted: UNTRUSTED, submission: shown } }
}
