import { z } from 'zod'
import { CONVERSATION_VIEWS } from '../../conversations/index.ts'
import { AppError, storedReason } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId, TagId } from '../../kernel/ids.ts'
import { sees, toActor, toReader, visibleAccountsOf } from '../caller.ts'
import { Reason, timeZoneName } from '../fields.ts'
import { id } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { agentsOf } from './agents-of.ts'
import { BulkAction, fromBody, NewBulkAction, toBody } from './bulk-action.ts'
import { readSearch } from './read-search.ts'

/** Conversations of one request, which is one transaction. */
const MOST_IDS = 500
/** Conversations of a view that one request changes. */
const PAGE = 200
/**
 * A move changes the indexed words and the events of all messages of a conversation, and mail of its mailboxes waits
 * meanwhile.
 */
const MOST_MOVED = 50

const View = z.strictObject({
  view: z.enum(CONVERSATION_VIEWS).default('open'),
  emailAccountId: id<EmailAccountId>().optional(),
  tag: id<TagId>().optional(),
  search: z.string().trim().max(500).optional().describe('As of the list of conversations.'),
  timeZone: timeZoneName.default('UTC').describe('As of the list of conversations.'),
  before: z.string().max(200).optional().describe('`next` of the previous response.'),
})

export const changeManyConversations = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/bulk',
    summary: `Applies an action to conversations, given by their ids or by a view, in one transaction. A view is changed in parts of ${PAGE}, or ${MOST_MOVED} for \`move\`, in its order: repeat the request with \`next\` as \`before\`. Refused conversations are listed with the reason, and \`undo\` lists the requests that restore the others.`,
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ body }) => body.view?.emailAccountId,
    validate: {
      body: z
        .strictObject({
          ids: z
            .array(id<ConversationId>())
            .min(1)
            .max(MOST_IDS)
            .optional()
            .describe(`At most ${MOST_MOVED} for \`move\`.`),
          view: View.optional(),
          action: NewBulkAction,
        })
        .refine(({ ids, view }) => (ids === undefined) !== (view === undefined), {
          path: ['ids'],
          message: TEXTS.idsOrView,
        })
        .refine(({ ids = [], action }) => action.kind !== 'move' || ids.length <= MOST_MOVED, {
          path: ['ids'],
          message: TEXTS.mostMoved(MOST_MOVED),
        }),
    },
    act: async ({ body, caller }) => {
      const { visibleAccounts } = caller
      const { kind } = body.action
      const to = body.action.kind === 'move' ? body.action.emailAccountId : undefined
      if (to !== undefined && !sees(caller, to)) throw new AppError('http.not_found')
      const { assigneeId } = body.action.kind === 'assign' ? body.action : { assigneeId: null }
      // Before the view is read: an unknown assignee is a fault of the request.
      const assignee = assigneeId === null ? undefined : await rooms.people.people.get(assigneeId)
      // A mailbox that admins could see may not exist.
      const agentIds = to && (await agentsOf(rooms, (await rooms.emailAccounts.get(to)).id))
      const userId = caller.kind === 'person' ? caller.id : undefined
      const text = body.view?.search
      // With the names of people and mailboxes, as the list: otherwise the view would have other conversations.
      const search = text === undefined ? undefined : await readSearch(rooms, caller, text, body.view!.timeZone)
      const list = body.view && {
        ...{ ...body.view, search, tagId: body.view.tag, emailAccountIds: visibleAccounts, userId },
        limit: kind === 'move' ? MOST_MOVED : PAGE,
      }
      const listed = list && (await rooms.conversations.reading.list(list))
      const ids = body.ids ?? listed?.conversations.map((each) => each.id) ?? []
      const action = fromBody(body.action)
      const result = await rooms.conversations.bulk.change({
        ...{ ids, action, visibleAccounts, actor: toActor(caller) },
        reader: caller.kind === 'person' ? toReader(caller) : undefined,
        assignableAccounts: assignee && visibleAccountsOf(assignee),
        agentIds,
      })
      return {
        ...result,
        refused: result.refused.map((refusal) => ({ id: refusal.id, reason: storedReason(refusal.code) })),
        undo: result.undo.map((step) => ({ ids: step.ids, action: toBody(step.action) })),
        next: listed?.next,
      }
    },
    present: {
      status: 200,
      schema: z
        .object({
          changed: z.array(z.string()),
          unchanged: z.int().describe('Number of conversations that were in the wanted state already.'),
          refused: z.array(z.object({ id: z.string(), reason: Reason })),
          undo: z
            .array(z.object({ ids: z.array(z.string()), action: BulkAction }))
            .describe('Requests that restore the former state.'),
          next: z.string().optional().describe('Position of the next part of the view, for `before`.'),
        })
        .meta({ id: 'BulkResult' }),
    },
  })
