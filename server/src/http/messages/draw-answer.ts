import { z } from 'zod'
import { identityToAnswer } from '../../email-accounts/index.ts'
import type { StoredMessage } from '../../conversations/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { forwardSubject, isLanguage, quoteForForward, quoteForReply, replySubject } from '../../mail/index.ts'
import { Address, timeZoneName } from '../fields.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { whose } from '../whose.ts'
import { replyRecipients } from './reply-recipients.ts'
import { simplifiedText } from './view-message.ts'

export const Answer = z
  .object({
    to: z.array(Address),
    cc: z.array(Address),
    subject: z.string(),
    quotedHtml: z
      .string()
      .describe('No active and no remote content. A forward shows the images of the message by `cid:`.'),
    quotedText: z.string(),
    identityId: z.string().describe('Sender name: the addressed one, or the default.'),
    inReplyTo: z.string().optional().describe('Id of the message, if this answers it.'),
  })
  .meta({ id: 'Answer' })

export const drawAnswer = (rooms: Rooms) =>
  route({
    at: 'GET /v1/messages/:id/answer',
    summary: 'Returns the start of an answer to a message: recipients, subject and quotation. Stores nothing.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: {
      params: idParam<StoredMessageId>(),
      query: z.strictObject({
        kind: z.enum(['reply', 'reply-all', 'forward']),
        language: z
          .string()
          .max(35)
          .refine(isLanguage, TEXTS.language)
          .optional()
          .describe('Language of the line above the quotation (BCP 47); default English, also for unknown languages.'),
        timeZone: timeZoneName
          .optional()
          .describe('Time zone of the date above the quotation, if the mailbox has none; default UTC.'),
      }),
    },
    act: async ({ params, query: { kind, language, timeZone } }) => {
      const message = await rooms.conversations.messages.get(params.id)
      const account = await rooms.emailAccounts.get(message.emailAccountId)
      const style = { language, timeZone: account.timeZone ?? timeZone }
      // A body that exceeds its deadline is quoted as the beginning of its text.
      const quoted = async (message: StoredMessage, as: 'reply' | 'forward') =>
        (await rooms.parser.quote(message, as, style)) ??
        (as === 'reply' ? quoteForReply : quoteForForward)(
          { ...message, body: { type: 'text', content: simplifiedText(message.body) } },
          style,
        )
      const identityId = identityToAnswer(await rooms.emailAccounts.identities(account), message).id
      if (kind === 'forward') {
        const { html, text } = await quoted(message, kind)
        const subject = forwardSubject(message.subject)
        return { to: [], cc: [], subject, quotedHtml: html, quotedText: text, identityId }
      }
      const { html, text } = await quoted(message, 'reply')
      return {
        ...(await replyRecipients(rooms, { message, account }, kind === 'reply-all')),
        subject: replySubject(message.subject),
        quotedHtml: html,
        quotedText: text,
        identityId,
        inReplyTo: message.id,
      }
    },
    present: { status: 200, schema: Answer },
  })
