import { sql, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import { isDatabaseError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { EventKind, EventPayloads, StateChangeKind } from './event-kinds.ts'
import { createSafeEnds } from './safe-end.ts'
import { createSharedWindows, likeness, type EventWindow } from './shared-windows.ts'

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
  /** Grows; give it back as `after` (SSE: `Last-Event-ID`). Gaps mean nothing. */
  id: number
}

export function isStateChange(event: StoredEvent): event is StoredEvent<StateChangeKind> {
  return event.kind.endsWith('.state_changed')
}

/** The email accounts somebody may see; `all` is for admins and our own rooms. */
export type VisibleAccounts = readonly EmailAccountId[] | 'all'

export interface EventFilter {
  emailAccountIds: VisibleAccounts
  /** Only what came after that id; without it {@link Events.subscribe} begins now and {@link Events.list} at the start. */
  after?: number | undefined
  /** What happened to that one thing. */
  subjectId?: string | undefined
  /** Only kinds like that, `%` standing for anything: whoever waits for one kind is not read what an import tells. */
  kindLike?: string | undefined
}

export interface EventPage {
  events: StoredEvent[]
  /** Give it as `after` for the next page; undefined when there is nothing more for the moment. */
  next: number | undefined
}

export interface Events {
  append(tx: Tx, event: NewEvent): Promise<void>
  /** In the order given, one statement. */
  appendAll(tx: Tx, events: readonly NewEvent[]): Promise<void>

  list(filter: EventFilter & { limit?: number }): Promise<EventPage>

  /**
   * Calls `listener` for each event, in the order of ids, one after the other, none left out: neither when the
   * connection was away nor when transactions commit in another order than they wrote. A listener that the database
   * fails for a moment gets its event again; anything else that it throws ends its subscription. Resolves once it listens, with what stops it.
   */
  subscribe(
    filter: EventFilter,
    listener: (event: StoredEvent) => void | Promise<void>,
    onEnd?: (error: unknown) => void,
  ): Promise<() => Promise<void>>

  close(): Promise<void>
}

const MOST_AT_ONCE = 500

/** How soon to look again while a transaction that may be rolled back, and so never notifies, holds later events up. */
const LOOK_AGAIN_MS = 250

/**
 * Ids are given in one order and become visible in another. A trigger (`0001_kernel.sql`) makes every transaction that
 * appends hold a lock naming an id below its own until it ends; reading stays below the lowest of them.
 *
 * The two statements of `safe-end.ts` and the reading must stay in this order: an id that was given by the first belongs
 * to a transaction that is either seen in the locks or ended, and then visible to the last.
 */
export function createEvents(database: Database): Events {
  const { db } = database
  const subscriptions = new Set<{ filter: EventFilter; poke: () => void; stop: () => Promise<void> }>()
  const safeEnds = createSafeEnds(db)
  const sharedWindow = createSharedWindows(readWindow)
  let listening: Promise<() => Promise<void>> | undefined

  function append(tx: Tx, event: NewEvent): Promise<void> {
    return appendAll(tx, [event])
  }

  async function appendAll(tx: Tx, happened: readonly NewEvent[]): Promise<void> {
    if (happened.length === 0) return
    const column = <T>(of: (event: NewEvent) => T) => happened.map(of)
    await sql`
      INSERT INTO events (kind, email_account_id, subject_id, payload, at)
      SELECT kind, email_account_id, subject_id, payload, at
      FROM unnest(${column(({ kind }) => kind)}::text[], ${column(({ emailAccountId }) => emailAccountId ?? null)}::uuid[],
        ${column(({ subjectId }) => subjectId)}::text[], ${column(({ payload }) => JSON.stringify(payload))}::jsonb[],
        ${column(({ at }) => at)}::timestamptz[]) WITH ORDINALITY
        AS happened(kind, email_account_id, subject_id, payload, at, place)
      ORDER BY place`.execute(tx)
  }

  async function read(filter: EventFilter, after: number, end: number, limit: number): Promise<StoredEvent[]> {
    let query = db.selectFrom('events').selectAll().where('id', '>', after).where('id', '<=', end)
    if (filter.subjectId !== undefined) query = query.where('subject_id', '=', filter.subjectId)
    if (filter.kindLike !== undefined) query = query.where('kind', 'like', filter.kindLike)
    if (filter.emailAccountIds !== 'all') {
      if (filter.emailAccountIds.length === 0) return []
      query = query.where('email_account_id', 'in', [...filter.emailAccountIds])
    }
    return (await query.orderBy('id').limit(limit).execute()).map(toEvent)
  }

  async function readWindow({ after, end, kindsLike }: EventWindow): Promise<StoredEvent[]> {
    let query = db.selectFrom('events').selectAll().where('id', '>', after).where('id', '<=', end)
    if (kindsLike) query = query.where((eb) => eb.or(kindsLike.map((like) => eb('kind', 'like', like))))
    return (await query.orderBy('id').limit(MOST_AT_ONCE).execute()).map(toEvent)
  }

  /** What those who listen want to hear of, together. */
  function kindsListenedTo(): string[] | undefined {
    const kinds = [...subscriptions].map(({ filter }) => filter.kindLike)
    return kinds.includes(undefined) ? undefined : [...new Set(kinds as string[])].sort()
  }

  async function list(filter: EventFilter & { limit?: number }): Promise<EventPage> {
    const limit = Math.min(Math.max(filter.limit ?? 100, 1), MOST_AT_ONCE)
    const { end } = await safeEnds.ask()
    const events = await read(filter, filter.after ?? 0, end, limit)
    return { events, next: events.length === limit ? events.at(-1)!.id : undefined }
  }

  /** One LISTEN for all subscriptions. The next subscription tries again after one that failed. */
  function listened(): Promise<unknown> {
    listening ??= database
      .listen('events', () => subscriptions.forEach(({ poke }) => poke()))
      .catch((error: unknown) => {
        listening = undefined
        throw error
      })
    return listening
  }

  async function subscribe(
    filter: EventFilter,
    listener: (event: StoredEvent) => void | Promise<void>,
    onEnd: (error: unknown) => void = () => undefined,
  ): Promise<() => Promise<void>> {
    // Listen first: what is committed after the position is taken is then announced.
    await listened()
    let position = filter.after ?? (await safeEnds.ask()).end
    let stopped = false
    let poked = false
    let timer: NodeJS.Timeout | undefined
    let running: Promise<void> | undefined

    const wants = wish(filter)
    /** Everything up to `position` was heard, so that it is told what others are told. */
    let isAbreast = false

    async function deliver(): Promise<void> {
      do {
        poked = false
        const news = await lookUp()
        if (!news) return
        for (const event of news.events) {
          if (stopped) return
          if (wants(event) && !(await isHeard(event))) return
          position = event.id
        }
        // Nothing below `end` can appear any more, also where it was not ours to see.
        isAbreast = news.events.length < MOST_AT_ONCE
        if (isAbreast) position = Math.max(position, news.end)
        else poked = true
        if (news.waiting) timer ??= setTimeout(lookAgain, LOOK_AGAIN_MS)
      } while (poked && !stopped)
    }

    /** False when the database failed the listener for a moment: it gets the event once more. */
    async function isHeard(event: StoredEvent): Promise<boolean> {
      try {
        await listener(event)
        return true
      } catch (error) {
        if (!isTransient(error)) throw error
        lookAgainLater()
        return false
      }
    }

    /** What is new. Nothing while the database is away for a moment, and then it is looked again. */
    async function lookUp() {
      try {
        const { end, waiting } = await safeEnds.share()
        if (position >= end) return { end, waiting, events: [] }
        const isShared = isAbreast && filter.subjectId === undefined
        const events = isShared
          ? await sharedWindow({ after: position, end, kindsLike: kindsListenedTo() })
          : await read(filter, position, end, MOST_AT_ONCE)
        return { end, waiting, events }
      } catch (error) {
        if (!isTransient(error)) throw error
        lookAgainLater()
        return undefined
      }
    }

    function lookAgainLater(): void {
      if (!stopped) timer ??= setTimeout(lookAgain, LOOK_AGAIN_MS)
    }

    function lookAgain(): void {
      timer = undefined
      poke()
    }

    function poke(): void {
      poked = true
      if (stopped || running) return
      running = deliver()
        .catch((error: unknown) => {
          forget()
          onEnd(error)
        })
        .finally(() => {
          running = undefined
          if (poked) poke()
        })
    }

    function forget(): void {
      stopped = true
      clearTimeout(timer)
      subscriptions.delete(subscription)
    }

    const subscription = {
      filter,
      poke,
      stop: async () => {
        forget()
        await running
      },
    }
    subscriptions.add(subscription)
    poke()
    return subscription.stop
  }

  async function close(): Promise<void> {
    await Promise.all([...subscriptions].map(({ stop }) => stop()))
    await (
      await listening
    )?.()
    listening = undefined
  }

  return { append, appendAll, list, subscribe, close }
}

/** The database was away, slow or busy. */
function isTransient(error: unknown): boolean {
  return isDatabaseError(error) && error.remedy === 'wait'
}

function toEvent(row: Selectable<Schema['events']>): StoredEvent {
  return {
    id: row.id,
    kind: row.kind,
    emailAccountId: row.email_account_id ?? undefined,
    subjectId: row.subject_id,
    payload: row.payload,
    at: row.at,
  } as StoredEvent
}

/** Whether a filter lets an event through, as the statement of one that reads alone would. */
function wish({ emailAccountIds, kindLike, subjectId }: EventFilter): (event: StoredEvent) => boolean {
  const isOfKind = kindLike === undefined ? () => true : likeness(kindLike)
  const visible = emailAccountIds === 'all' ? undefined : new Set<EmailAccountId | undefined>(emailAccountIds)
  return (event) =>
    isOfKind(event.kind) &&
    (subjectId === undefined || event.subjectId === subjectId) &&
    (visible === undefined || (event.emailAccountId !== undefined && visible.has(event.emailAccountId)))
}
