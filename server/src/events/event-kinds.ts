import type { z } from 'zod'
import type { EmailAccountId } from '../kernel/ids.ts'
import { KINDS_OF_ACCOUNTS } from './kinds-of-accounts.ts'
import { KINDS_OF_MAIL } from './kinds-of-mail.ts'

/**
 * Every kind of event with the schema of its data: a promise to API clients, and the source of the types here. A kind is
 * `thing.happened`: singular thing, past tense. Renaming one needs a migration of stored events, and a new field is
 * optional. Ids are those of the API.
 */
export const EVENTS = { ...KINDS_OF_MAIL, ...KINDS_OF_ACCOUNTS } as const

export type EventKind = keyof typeof EVENTS
export type EventPayloads = { readonly [Kind in EventKind]: Frozen<z.output<(typeof EVENTS)[Kind]['data']>> }

/** The same type, with read-only lists. */
type Frozen<T> = T extends readonly (infer Element)[]
  ? readonly Frozen<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T

export type StateChangeKind = EventKind & `${string}.state_changed`

export const EVENT_KINDS = Object.keys(EVENTS) as readonly EventKind[]

/** Kinds of events that concern the whole team although they have no mailbox, as LIKE patterns. */
export const KINDS_FOR_ALL = ['tag.%', 'saved_view.%', 'canned_response.%', 'customer_note.%'] as const

/** An event of one of these kinds, with its payload. */
export type NewEvent<Kind extends EventKind = EventKind> = {
  [Each in Kind]: {
    kind: Each
    /** Absent for an event of no mailbox: only callers who see all mailboxes see it. */
    emailAccountId?: EmailAccountId | undefined
    subjectId: string
    payload: EventPayloads[Each]
    at: Date
  }
}[Kind]

export type StoredEvent<Kind extends EventKind = EventKind> = NewEvent<Kind> & {
  /** Ascending id. Pass it as `after` to continue (SSE: `Last-Event-ID`). Gaps have no meaning. */
  id: number
}

export function isStateChange(event: StoredEvent): event is StoredEvent<StateChangeKind> {
  return event.kind.endsWith('.state_changed')
}
