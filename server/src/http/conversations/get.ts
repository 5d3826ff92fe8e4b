import { z } from 'zod'
import { BY_ITSELF } from '../../submission/index.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import { personSees, toReader } from '../caller.ts'
import { Draft } from '../drafts/draft.ts'
import { page, Time } from '../fields.ts'
import { id, idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission, withWhy } from '../submissions/submission.ts'
import { firstBodies, MOST_BODIES, ShownBody } from './first-bodies.ts'
import { Bounce, Conversation, Message, Note } from './conversation.ts'

const ANSWERED = { kind: 'reply', reason: 'Auto-Submitted: auto-replied' } as const

export const getConversation = (rooms: Rooms) =>
  route({
    at: 'GET /v1/conversations/:id',
    summary: 'Returns a conversation with its latest messages, notes, drafts and outbox.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      query: z.strictObject({
        before: id<StoredMessageId>()
          .optional()
          .describe('Oldest message of the previous page; returns the messages before it.'),
        since: z
          .string()
          .max(200)
          .optional()
          .describe('`start` of an earlier response: returns all messages from there on, at most 500.'),
        limit: page(500, 500),
        bodies: z.coerce
          .number()
          .int()
          .min(0)
          .max(MOST_BODIES)
          .default(0)
          .describe('Maximum number of message texts in `bodies`.'),
      }),
    },
    hasETag: true,
    act: async ({ params, query, caller }) => {
      const [found, submissions, lastAnswerId, seenBy, following] = await Promise.all([
        rooms.conversations.reading.get(params.id, query),
        rooms.submissions.listOf(params.id),
        rooms.submissions.lastAnswerOf(params.id),
        rooms.conversations.reads.seenBy(params.id),
        rooms.conversations.team.followers.list(params.id),
      ])
      const view = caller.kind === 'person' ? await rooms.conversations.reads.viewFor(toReader(caller), found) : found
      const messageIds = view.messages.map(({ id }) => id)
      const [submittedBy, bounces, bodies] = await Promise.all([
        rooms.submissions.submittersOf(messageIds),
        rooms.conversations.messages.bounces(messageIds),
        firstBodies(rooms, view.messages, query.bodies),
      ])
      const writers = [
        ...submittedBy.values(),
        ...view.notes.flatMap(({ authorId, mentions }) => [authorId, ...mentions]),
        ...seenBy.map(({ personId }) => personId),
        ...view.drafts.map(({ authorId }) => authorId),
        ...submissions.map((submission) => submission.submittedBy),
        ...(view.conversation.legalHold ? [view.conversation.legalHold.by.replace(/^person:/, '')] : []),
        ...(view.conversation.assigneeId === undefined ? [] : [view.conversation.assigneeId]),
      ]
      const [namesOfWriters, team] = await Promise.all([
        rooms.people.people.namesOf([...new Set(writers)]),
        rooms.people.people.list(),
      ])
      const { emailAccountId } = view.conversation
      const members = team.filter((person) => personSees(person, emailAccountId))
      const followers = members.flatMap(({ id }) => (following.includes(id) ? [id] : []))
      const names = Object.fromEntries([...members.map(({ id, name }) => [id, name] as const), ...namesOfWriters])
      return {
        ...view,
        // Graph returns no header fields of sent messages.
        messages: view.messages.map((message) =>
          submittedBy.get(message.id) === BY_ITSELF
            ? { ...message, marks: { ...message.marks, automatic: ANSWERED } }
            : message,
        ),
        submissions: submissions.map(withWhy),
        lastAnswerId,
        submittedBy: Object.fromEntries(submittedBy),
        bounces: Object.fromEntries(bounces),
        bodies: Object.fromEntries(bodies),
        seenBy,
        followers,
        names,
      }
    },
    present: {
      status: 200,
      schema: z.object({
        conversation: Conversation,
        messages: z.array(Message),
        earlier: z.boolean().describe('Earlier messages exist: request them with `before`.'),
        start: z.string().optional().describe('Position of the oldest message here, for `since`.'),
        bodies: z
          .record(z.string(), ShownBody)
          .describe(
            'Texts of the newest and the unread messages, by the id of the message, if requested. Large ones are left out: see `GET /v1/messages/:id/body`.',
          ),
        notes: z.array(Note),
        drafts: z.array(Draft),
        submissions: z.array(Submission),
        lastAnswerId: z
          .string()
          .optional()
          .describe(
            'Latest reply from Postkey or another mail program; precondition of the next `POST /v1/submissions`.',
          ),
        bounces: z
          .record(z.string(), z.array(Bounce))
          .describe('Delivery reports about sent messages, by the id of the message.'),
        seenBy: z
          .array(z.object({ personId: z.string(), at: Time }))
          .describe('People who have read the latest message of the customer, and when.'),
        followers: z.array(z.string()).describe('Ids of the agents who are notified of answers of the customer.'),
        submittedBy: z
          .record(z.string(), z.string())
          .describe('Authors of messages sent from Postkey, by the id of the message.'),
        names: z
          .record(z.string(), z.string())
          .describe('Names of the agents of the mailbox, and of all people whose ids are listed.'),
      }),
    },
  })
