import { z } from 'zod'
import { CONVERSATION_PLACES, type BulkAction as Applied } from '../../conversations/index.ts'
import type { PersonId, TagId } from '../../kernel/ids.ts'
import { Time } from '../fields.ts'
import { id } from '../ids.ts'

/** As many tags as a conversation can have. */
const MOST_TAGS = 20

const PLAIN = z.strictObject({ kind: z.enum(['close', 'reopen', 'wait', 'mark-seen']) })
const PLACE = z.strictObject({ kind: z.literal('place'), place: z.enum(CONVERSATION_PLACES) })

export const NewBulkAction = z.discriminatedUnion('kind', [
  PLAIN,
  PLACE,
  z.strictObject({ kind: z.literal('snooze'), until: Time.transform((text) => new Date(text)) }),
  z.strictObject({ kind: z.literal('assign'), assigneeId: id<PersonId>().nullable() }),
  z.strictObject({
    kind: z.literal('tag'),
    add: z.array(id<TagId>()).max(MOST_TAGS).default([]),
    remove: z.array(id<TagId>()).max(MOST_TAGS).default([]),
  }),
])

export const BulkAction = z
  .discriminatedUnion('kind', [
    PLAIN,
    PLACE,
    z.strictObject({ kind: z.literal('snooze'), until: Time }),
    z.strictObject({ kind: z.literal('assign'), assigneeId: z.string().nullable() }),
    z.strictObject({ kind: z.literal('tag'), add: z.array(z.string()), remove: z.array(z.string()) }),
  ])
  .meta({ id: 'BulkAction' })

/** The action as the body of a request has it. */
export function toBody(action: Applied): z.input<typeof BulkAction> {
  switch (action.kind) {
    case 'assign':
      return { kind: action.kind, assigneeId: action.assigneeId ?? null }
    case 'snooze':
      return { kind: action.kind, until: action.until.toISOString() }
    case 'tag':
      return { kind: action.kind, add: [...action.add], remove: [...action.remove] }
    case 'place':
      return { kind: action.kind, place: action.place }
    default:
      return { kind: action.kind }
  }
}
