import { sql, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import { isDatabaseError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { KINDS_FOR_ALL, type EventKind, type NewEvent, type StoredEvent } from './event-kinds.ts'
import { createSafeEnds } from './safe-end.ts'
import { createSharedWindows, likeness, type EventWindow } from './shared-windows.ts'

/** Email accounts that a caller may see; `all` is for admins and our own rooms. */
export type VisibleAccounts = readonly EmailAccountId[] | 'all'

export interface EventFilter {
  emailAccountIds: VisibleAccounts
  /**
   * Returns only events after that id. By default, {@link Events.subscribe} starts now and {@link Events.list} at the
   * first event.
   */
  after?: number | undefined
  /** Returns only events of this subject. */
  subjectId?: string | undefined
  /**
   * Returns only kinds that match this LIKE pattern (`%` matches any text). A listener for one kind then doesn't read
   * all events of an import.
   */
  kindLike?: string | undefined
  /** Returns only these kinds. */
  kinds?: readonly EventKind[] | undefined
  /** Leaves out events without a mailbox. */
  onlyOfAccounts?: boolean | undefined
}

export interface EventPage {
  events: StoredEvent[]
  /** Pass it as `after` for the next page. No event up to it can appear any more. */
  next: number
  /** True if there are more events already. */
  more: boolean
}

export interface Events {
  append(tx: Tx, event: NewEvent): Promise<void>
  /** Appends the events in the given order, in one statement. */
  appendAll(tx: Tx, events: readonly NewEvent[]): Promise<void>

  /**
   * Gives the events of these subjects to another mailbox, whose agents alone see them then.
   * Events of kind `conversation.left` stay. One statement.
   */
  reassign(tx: Tx, subjectIds: readonly string[], to: EmailAccountId): Promise<void>

  list(filter: EventFilter & { limit?: number }): Promise<EventPage>

  /** Those of these events that exist. */
  byIds(ids: readonly number[]): Promise<StoredEvent[]>

  /** Ids of the last events before a time and up to another. Ids follow time. */
  idsBetween(from: Date, to: Date): Promise<{ after: number; until: number }>

  /** Id after which a subscription misses nothing that is committed after the call. */
  position(): Promise<number>

  /**
   * Calls `listener` for each event in id order, one at a time. No event is left out, even when the connection was lost
   * or transactions commit in a different order than they wrote. A listener that fails with a database error gets its
   * event again; any other error ends its subscription. Resolves once it listens, with a function that stops it.
   */
  subscribe(
    filter: EventFilter,
    listener: (event: StoredEvent) => void | Promise<void>,
    onEnd?: (error: unknown) => void,
  ): Promise<() => Promise<void>>

  close(): Promise<void>
}

const MOST_AT_ONCE = 500

/**
 * Interval of checks in milliseconds while a transaction delays later events. Such a transaction may be rolled back and
 * would then never notify.
 */
const LOOK_AGAIN_MS = 250

/**
 * Creates the events of a database.
 *
 * Ids are assigned in one order and become visible in another. A trigger (`0001_events.sql`) makes every appending
 * transaction hold a lock until it ends, which names an id below its own. Readers stay below the lowest of these ids.
 *
 * The two statements of `events_safe_end` and the reading must stay in this order. An id assigned before the first
 * statement belongs to a transaction that is seen in the locks, or has ended. An ended one is visible to the reading.
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

  async function reassign(tx: Tx, subjectIds: readonly string[], to: EmailAccountId): Promise<void> {
    await sql`UPDATE events SET email_account_id = ${to}
      WHERE subject_id = ANY(${[...subjectIds]}::text[]) AND email_account_id <> ${to}
        AND kind <> 'conversation.left'`.execute(tx)
  }

  async function read(filter: EventFilter, after: number, end: number, limit: number): Promise<StoredEvent[]> {
    let query = db.selectFrom('events').selectAll().where('id', '>', after).where('id', '<=', end)
    if (filter.kinds !== undefined) query = query.where((eb) => eb('kind', '=', eb.fn.any(eb.val([...filter.kinds!]))))
    if (filter.subjectId !== undefined) query = query.where('subject_id', '=', filter.subjectId)
    if (filter.kindLike !== undefined) query = query.where('kind', 'like', filter.kindLike)
    if (filter.emailAccountIds !== 'all') {
      if (filter.emailAccountIds.length === 0) return []
      const visible = [...filter.emailAccountIds]
      query = query.where((eb) =>
        eb.or([
          eb('email_account_id', 'in', visible),
          ...(filter.onlyOfAccounts ? [] : KINDS_FOR_ALL.map((like) => eb('kind', 'like', like))),
        ]),
      )
    }
    return (await query.orderBy('id').limit(limit).execute()).map(toEvent)
  }

  async function readWindow({ after, end, kindsLike }: EventWindow): Promise<StoredEvent[]> {
    let query = db.selectFrom('events').selectAll().where('id', '>', after).where('id', '<=', end)
    if (kindsLike) query = query.where((eb) => eb.or(kindsLike.map((like) => eb('kind', 'like', like))))
    return (await query.orderBy('id').limit(MOST_AT_ONCE).execute()).map(toEvent)
  }

  /** Returns the kinds that all subscriptions together listen to; undefined for all kinds. */
  function kindsListenedTo(): string[] | undefined {
    const kinds = [...subscriptions].map(({ filter }) => filter.kindLike)
    return kinds.includes(undefined) ? undefined : [...new Set(kinds as string[])].sort()
  }

  async function list(filter: EventFilter & { limit?: number }): Promise<EventPage> {
    const limit = Math.min(Math.max(filter.limit ?? 100, 1), MOST_AT_ONCE)
    const { end } = await safeEnds.ask()
    const after = filter.after ?? 0
    const events = await read(filter, after, end, limit + 1)
    const more = events.length > limit
    if (more) events.pop()
    return { events, next: more ? events.at(-1)!.id : Math.max(after, end), more }
  }

  async function byIds(ids: readonly number[]): Promise<StoredEvent[]> {
    if (ids.length === 0) return []
    return (await db.selectFrom('events').selectAll().where('id', 'in', ids).execute()).map(toEvent)
  }

  /** Last id before a time, by bisection: the table has no index by time. */
  async function lastIdBefore(time: Date, first: number, last: number): Promise<number> {
    let [low, high] = [first - 1, last]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const row = await db
        .selectFrom('events')
        .select(['id', 'at'])
        .where('id', '>=', middle)
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()
      if (row && row.at < time) low = row.id
      else high = middle - 1
    }
    return low
  }

  async function idsBetween(from: Date, to: Date): Promise<{ after: number; until: number }> {
    const { end } = await safeEnds.ask()
    const first = await db.selectFrom('events').select('id').orderBy('id').limit(1).executeTakeFirst()
    if (!first) return { after: end, until: end }
    return { after: await lastIdBefore(from, first.id, end), until: await lastIdBefore(to, first.id, end) }
  }

  /** Opens one LISTEN for all subscriptions. After a failure, the next subscription tries again. */
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
    // Listen first: everything committed after the position is read is then notified.
    await listened()
    let position = filter.after ?? (await safeEnds.ask()).end
    let stopped = false
    let poked = false
    let timer: NodeJS.Timeout | undefined
    let running: Promise<void> | undefined

    const wants = eventPredicate(filter)
    /** True when everything up to `position` was delivered, so that this subscription can share reads with others. */
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
        // No event can appear below `end` any more, including events that this subscription may not see.
        isAbreast = news.events.length < MOST_AT_ONCE
        if (isAbreast) position = Math.max(position, news.end)
        else poked = true
        if (news.waiting) timer ??= setTimeout(lookAgain, LOOK_AGAIN_MS)
      } while (poked && !stopped)
    }

    /**
     * Delivers an event. Returns false after a transient database error of the listener, which then gets the event
     * again.
     */
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

    /** Returns the new events; undefined after a transient database error, which schedules another check. */
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

  return {
    append,
    appendAll,
    reassign,
    list,
    byIds,
    idsBetween,
    position: async () => (await safeEnds.ask()).end,
    subscribe,
    close,
  }
}

/** Returns true when the database was unreachable, slow or busy. */
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

/** Returns a predicate that accepts the same events as the SQL of a filter that reads alone. */
function eventPredicate({
  emailAccountIds,
  kindLike,
  kinds,
  onlyOfAccounts,
  subjectId,
}: EventFilter): (event: StoredEvent) => boolean {
  const isOfKind = kindLike === undefined ? () => true : likeness(kindLike)
  const visible = emailAccountIds === 'all' ? undefined : new Set<EmailAccountId | undefined>(emailAccountIds)
  const forAll = emailAccountIds.length === 0 || onlyOfAccounts ? [] : KINDS_FOR_ALL.map(likeness)
  const wanted = kinds && new Set<EventKind>(kinds)
  const isForAll = (kind: string) => forAll.some((isLike) => isLike(kind))
  return (event) =>
    isOfKind(event.kind) &&
    (wanted === undefined || wanted.has(event.kind)) &&
    (subjectId === undefined || event.subjectId === subjectId) &&
    (visible === undefined ||
      (event.emailAccountId === undefined ? isForAll(event.kind) : visible.has(event.emailAccountId)))
}
