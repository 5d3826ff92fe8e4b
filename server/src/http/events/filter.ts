import { z } from 'zod'
import { EVENT_KINDS, type EventKind, type VisibleAccounts } from '../../events/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { toId, type EmailAccountId } from '../../kernel/ids.ts'
import { sees } from '../caller.ts'
import type { KnownCaller } from '../permit.ts'
import { TEXTS } from '../texts.ts'

const KINDS: readonly string[] = EVENT_KINDS
const THINGS = new Set(EVENT_KINDS.map((kind) => kind.split('.')[0]))

/** A kind, or all kinds of a thing, such as `message.*`. Kinds that come later belong to it. */
export const kindPattern = z
  .string()
  .max(100)
  .refine((text) => KINDS.includes(text) || (text.endsWith('.*') && THINGS.has(text.slice(0, -2))), TEXTS.eventKind)

const list = <Item extends z.ZodType<unknown, string>>(item: Item, most: number) =>
  z
    .string()
    .max(4000)
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(item).min(1).max(most))

const accountId = z.uuid().transform((text) => toId<EmailAccountId>(text)!)

/** Filters of the list and of the stream. */
export const eventFilters = {
  kinds: list(kindPattern, 100)
    .optional()
    .describe('Only these kinds, separated by commas: `message.received`, or all of a thing: `message.*`.'),
  accounts: list(accountId, 100).optional().describe('Only events of these mailboxes: ids, separated by commas.'),
  subject: z.string().max(100).optional().describe('Only events of that conversation, message or other object.'),
  include: z.enum(['message']).optional().describe('Adds the message to the data of events of messages.'),
}

export const after = z
  .union([z.literal('now'), z.coerce.number().int().min(0)])
  .optional()
  .describe('Id of the last event that you have processed, or `now` to start at the end.')

export interface EventFilterInput {
  kinds?: readonly string[] | undefined
  accounts?: readonly EmailAccountId[] | undefined
  subject?: string | undefined
}

/** @throws {AppError} `http.not_found` for a mailbox that the caller does not see */
export function toEventFilter({ kinds, accounts, subject }: EventFilterInput, caller: KnownCaller) {
  if (accounts?.some((id) => !sees(caller, id))) throw new AppError('http.not_found')
  const emailAccountIds: VisibleAccounts = accounts ?? caller.visibleAccounts
  return {
    emailAccountIds,
    // Without a mailbox, an event belongs to none of those that were asked for.
    ...(accounts && { onlyOfAccounts: true }),
    ...(kinds && { kinds: expandKinds(kinds) }),
    ...(subject !== undefined && { subjectId: subject }),
  }
}

export function expandKinds(patterns: readonly string[]): EventKind[] {
  const isWanted = (kind: EventKind) => patterns.includes(kind) || patterns.includes(`${kind.split('.')[0]!}.*`)
  return EVENT_KINDS.filter(isWanted)
}
