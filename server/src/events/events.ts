import type { Database, Tx } from '../database/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

export interface NewEvent {
  /** `thing.what_happened`, a promise to API clients. */
  kind: `${string}.${string}`
  /** Absent for what belongs to no email account: only who sees all accounts sees the event. */
  emailAccountId?: EmailAccountId | undefined
  subjectId: string
  payload: Readonly<Record<string, unknown>>
  at: Date
}

export interface StoredEvent extends NewEvent {
  /** Grows; give it back as `after` (SSE: `Last-Event-ID`). Gaps mean nothing. */
  id: number
}

/** The email accounts somebody may see; `all` is for admins and our own rooms. */
export type VisibleAccounts = readonly EmailAccountId[] | 'all'

export interface EventFilter {
  emailAccountIds: VisibleAccounts
  /** Only what came after that id; without it {@link Events.subscribe} begins now and {@link Events.list} at the start. */
  after?: number | undefined
}

export interface EventPage {
  events: StoredEvent[]
  /** Give it as `after` for the next page; undefined when there is nothing more for the moment. */
  next: number | undefined
}

export interface Events {
  append(tx: Tx, event: NewEvent): Promise<void>

  list(filter: EventFilter & { limit?: number }): Promise<EventPage>

  /**
   * Calls `listener` for each event, in the order of ids, one after the other, none left out: neither when the
   * connection was away nor when transactions commit in another order than they wrote. What `listener` throws ends its
   * subscription. Resolves once it listens, with what stops it.
   */
  subscribe(
    filter: EventFilter,
    listener: (event: StoredEvent) => void | Promise<void>,
    onEnd?: (error: unknown) => void,
  ): Promise<() => Promise<void>>

  close(): Promise<void>
}

export declare function createEvents(database: Database): Events
