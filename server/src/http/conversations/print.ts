import { z } from 'zod'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import { AppError } from '../../kernel/errors.ts'
import { timeZoneName } from '../fields.ts'
import { html } from '../html.ts'
import { id, idParam } from '../ids.ts'
import { createViewing } from '../messages/view-message.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { whose } from '../whose.ts'
import { printedMessage } from './printed-message.ts'
import { printHead, PRINT_POLICY } from './print-page.ts'

/** Newest messages of a conversation on the page. */
const MOST_MESSAGES = 100
/** Characters of the page; older messages are left out beyond them. */
const MOST_CHARACTERS = 5_000_000

export const printConversation = (rooms: Rooms) => {
  const viewOf = createViewing(rooms)
  return otherRoute({
    at: 'GET /v1/conversations/:id/print',
    summary: `Returns a conversation, or one of its messages, as a page to print: oldest first, without active and remote content, at most the newest ${MOST_MESSAGES} messages.`,
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      query: z.strictObject({
        message: id<StoredMessageId>().optional().describe('Prints only this message.'),
        timeZone: timeZoneName.default('UTC').describe('Time zone of the times on the page, such as Europe/Berlin.'),
      }),
    },
    act: async ({ params, query }) => {
      const { conversation, messages, earlier } = await rooms.conversations.reading.get(params.id, {
        limit: MOST_MESSAGES,
      })
      const one = query.message === undefined ? undefined : await rooms.conversations.messages.get(query.message)
      // A message of another conversation may be in a mailbox without access for the caller.
      if (one && one.conversationId !== params.id) throw new AppError('http.not_found')
      const wanted = one ? [one] : messages
      const printed: string[] = []
      let length = 0
      // From the newest one, so that the oldest are left out of a page that is too long.
      for (const message of wanted.toReversed()) {
        const text = await printedMessage(rooms, viewOf, message, query.timeZone)
        length += text.length
        if (length > MOST_CHARACTERS && printed.length > 0) break
        printed.unshift(text)
      }
      const isCut = printed.length < wanted.length || (!one && earlier)
      return { subject: conversation.subject, printed, isCut }
    },
    present: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      send: ({ subject, printed, isCut }, reply) => {
        const title = subject || TEXTS.noSubject
        const cut = isCut ? html`<p class="cut">${TEXTS.printCut}</p>` : ''
        return reply
          .header('content-security-policy', PRINT_POLICY)
          .send(
            `<!doctype html><html>${printHead(title)}<body>${String(html`<h1 dir="auto">${title}</h1>`)}${String(cut)}` +
              `${printed.join('')}</body></html>`,
          )
      },
    },
  })
}
