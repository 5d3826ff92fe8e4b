import { z } from 'zod'
import {
  CONVERSATION_VIEWS,
  wordsToMark,
  type Conversation as ConversationRow,
  type RowPeople,
} from '../../conversations/index.ts'
import type { ConversationId, EmailAccountId, TagId } from '../../kernel/ids.ts'
import { toReader } from '../caller.ts'
import { chosen, fieldsOf } from '../chosen-fields.ts'
import { page, timeZoneName } from '../fields.ts'
import { id } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { Conversation } from './conversation.ts'
import { readSearch } from './read-search.ts'
import { Excerpt, searchExcerpts } from './search-excerpts.ts'

const MOST_IDS = 100

export const listConversations = (rooms: Rooms) => {
  const { conversations, people, shownAccounts } = rooms
  return route({
    at: 'GET /v1/conversations',
    summary:
      "Lists conversations in the caller's mailboxes, newest first. `next` of a page is `before` of the following one. A search orders conversations by their newest message with the words; after a second it returns what it has found, so a page with `next` may be short or empty.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ query }) => query.emailAccountId,
    validate: {
      query: z
        .strictObject({
          view: z
            .enum(CONVERSATION_VIEWS)
            .default('open')
            .describe(
              '`mine`, `unassigned` and `needs-reply` have open conversations only. `mentions` has those in which a note mentions the caller, unread mentions first. `sent` has those with a message that the mailbox sent, by its time.',
            ),
          emailAccountId: id<EmailAccountId>().optional(),
          tag: id<TagId>().optional().describe('Id of a tag: returns only conversations with it.'),
          search: z
            .string()
            .trim()
            .max(500)
            .optional()
            .describe(
              'Words, of which a prefix suffices; "phrases"; `from:` `to:` `subject:` `body:` `filename:` `note:` `has:attachment` `before:` `after:` `on:` `is:` `assignee:` `mailbox:` `tag:`; `-` in front of a condition negates it.',
            ),
          timeZone: timeZoneName.default('UTC').describe('Time zone of the days in a search, such as Europe/Berlin.'),
          before: z.string().max(200).optional(),
          limit: page(100, 50),
          fields: fieldsOf(Conversation),
          ids: z
            .string()
            .max(MOST_IDS * 37)
            .transform((text) => text.split(','))
            .pipe(z.array(id<ConversationId>()).max(MOST_IDS))
            .optional()
            .describe(
              `Returns those of these conversations that are in the view, at most ${MOST_IDS}, separated by commas. Of \`search\`, only \`is:spam\` and \`is:deleted\` apply: they add these places to the view \`all\`. Can't be combined with \`before\`.`,
            ),
        })
        .refine(({ ids, before }) => !ids || before === undefined, {
          path: ['ids'],
          message: TEXTS.notWithBefore,
        }),
    },
    act: async ({ query, caller }) => {
      const { search: text, timeZone, tag, fields: _, ...wanted } = query
      const search = text === undefined ? undefined : await readSearch(rooms, caller, text, timeZone)
      const { hitIds, ...listed } = await conversations.reading.list({
        ...wanted,
        tagId: tag,
        search,
        emailAccountIds: caller.visibleAccounts,
        userId: caller.kind === 'person' ? caller.id : undefined,
      })
      if (caller.kind === 'person' && query.before === undefined && !query.ids) {
        const ids = listed.conversations.map(({ emailAccountId }) => emailAccountId)
        if (query.emailAccountId) shownAccounts.show(caller.id, [query.emailAccountId])
        else shownAccounts.show(caller.id, ids, caller.visibleAccounts)
      }
      const shown: readonly (ConversationRow & Partial<RowPeople>)[] =
        caller.kind === 'person'
          ? await conversations.reads.forReader(toReader(caller), listed.conversations)
          : listed.conversations
      const named = shown.flatMap(({ assigneeId, lastAuthorId, draftAuthorIds = [] }) => [
        ...[assigneeId, lastAuthorId].flatMap((each) => each ?? []),
        ...draftAuthorIds,
      ])
      return {
        ...listed,
        conversations: [...shown],
        names: Object.fromEntries(await people.people.namesOf([...new Set(named)])),
        search:
          search && !query.ids
            ? {
                marked: wordsToMark(search),
                problems: [...search.problems],
                excerpts: await searchExcerpts(rooms, { ...listed, hitIds }, search),
              }
            : undefined,
      }
    },
    present: {
      status: 200,
      schema: z.object({
        conversations: z.array(Conversation),
        next: z.string().optional(),
        names: z.record(z.string(), z.string()).describe('Names of assignees and authors, by id.'),
        search: z
          .object({
            marked: z
              .array(z.object({ words: z.array(z.string()), isPhrase: z.boolean() }))
              .describe(
                'Texts to mark: words that follow each other, the last of which is a beginning except in a phrase.',
              ),
            problems: z
              .array(z.object({ term: z.string(), title: z.string(), fix: z.string() }))
              .describe('Parts of the query that are ignored.'),
            excerpts: z.record(z.string(), Excerpt).describe('By id of the conversation.'),
          })
          .optional(),
      }),
      select: ({ conversations: listed, ...page }, { fields }) => ({
        conversations: listed.map((conversation) => chosen(conversation, fields)),
        ...page,
      }),
    },
  })
}
