import { z } from 'zod'
import { CONVERSATION_PLACES, type BulkAction as Applied } from '../../conversations/index.ts'
import type { EmailAccountId, PersonId, TagId } from '../../kernel/ids.ts'
import { Time, zonedTime } from '../fields.ts'
import { id } from '../ids.ts'

/** As many tags as a conversation can have. */
const MOST_TAGS = 20

const PLAIN = z.strictObject({ kind: z.enum(['close', 'reopen', 'wait', 'mark-seen']) })
const PLACE = z.strictObject({ kind: z.literal('place'), place: z.enum(CONVERSATION_PLACES) })

export const NewBulkAction = z.discriminatedUnion('kind', [
  PLAIN,
  PLACE,
  z.strictObject({ kind: z.literal('snooze'), until: zonedTime }),
  z.strictObject({ kind: z.literal('assign'), assigneeId: id<PersonId>().nullable() }),
  z.strictObject({
    kind: z.literal('tag'),
    add: z.array(id<TagId>()).max(MOST_TAGS).default([]),
    remove: z.array(id<TagId>()).max(MOST_TAGS).default([]),
  }),
  z.strictObject({
    kind: z.literal('move'),
    emailAccountId: id<EmailAccountId>().describe('The mailbox that they move to.'),
    from: id<EmailAccountId>()
      .optional()
      .describe('Refuses conversations that are in a mailbox other than this one and the target.'),
    assigneeId: id<PersonId>()
      .optional()
      .describe('Assigned where no assignee has access to the target, if this person has access.'),
    removeAssigneeId: id<PersonId>()
      .optional()
      .describe('Removed where this person is the assignee, such as by undo of a move that assigned them.'),
  }),
])

export const BulkAction = z
  .discriminatedUnion('kind', [
    PLAIN,
    PLACE,
    z.strictObject({ kind: z.literal('snooze'), until: Time }),
    z.strictObject({ kind: z.literal('assign'), assigneeId: z.string().nullable() }),
    z.strictObject({ kind: z.literal('tag'), add: z.array(z.string()), remove: z.array(z.string()) }),
    z.strictObject({
      kind: z.literal('move'),
      emailAccountId: z.string(),
      from: z.string().optional(),
      assigneeId: z.string().optional(),
      removeAssigneeId: z.string().optional(),
    }),
  ])
  .meta({ id: 'BulkAction' })

export function fromBody(body: z.output<typeof NewBulkAction>): Applied {
  switch (body.kind) {
    case 'assign':
      return { kind: body.kind, assigneeId: body.assigneeId ?? undefined }
    case 'move': {
      const { kind, emailAccountId: to, from, assigneeId, removeAssigneeId } = body
      return { kind, to, from, assigneeId, removeAssigneeId }
    }
    default:
      return body
  }
}

/** The action as the body of a request has it. */
export function toBody(action: Applied): z.input<typeof BulkAction> {
  switch (action.kind) {
    case 'assign':
      return { kind: action.kind, assigneeId: action.assigneeId ?? null }
    case 'snooze':
      return { kind: action.kind, until: action.until.toISOString() }
    case 'tag':
      return { kind: action.kind, add: [...action.add], remove: [...action.remove] }
    case 'move': {
      const { kind, to, from, assigneeId, removeAssigneeId } = action
      return { kind, emailAccountId: to, from, assigneeId, removeAssigneeId }
    }
    case 'place':
      return { kind: action.kind, place: action.place }
    default:
      return { kind: action.kind }
  }
}
