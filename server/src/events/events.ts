import { sql } from 'kysely'
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
  /** What happened to that one thing. */
  subjectId?: string | undefined
  /** Only kinds like that, `%` standing for anything: whoever waits for one kind is not read what an import tells. */
  kindLike?: string | undefined
}

/** Up to where everything can be seen, and whether that is all that was given. */
interface SafeEnd {
  end: number
  waiting: boolean
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

const MOST_AT_ONCE = 500

/** How soon to look again while a transaction that may be rolled back, and so never notifies, holds later events up. */
const LOOK_AGAIN_MS = 250

/**
 * Ids are given in one order and become visible in another. A trigger (`0001_kernel.sql`) makes every transaction that
 * appends hold a lock naming an id below its own until it ends; reading stays below the lowest of them.
 *
 * The three statements of {@link safeEnd} and {@link read} must stay in this order: an id that was given by the first
 * belongs to a transaction that is either seen in the locks or ended, and then visible to the last.
 */
export function createEvents(database: Database): Events {
  const { db } = database
  const subscriptions = new Set<{ poke: () => void; stop: () => Promise<void> }>()
  let listening: Promise<() => Promise<void>> | undefined

  function append(tx: Tx, event: NewEvent): Promise<void> {
    return appendAll(tx, [event])
  }

  async function appendAll(tx: Tx, happened: readonly NewEvent[]): Promise<void> {
    if (happened.length === 0) return
    await tx
      .insertInto('events')
      .values(
        happened.map((event) => ({
          kind: event.kind,
          email_account_id: event.emailAccountId ?? null,
          subject_id: event.subjectId,
          payload: JSON.stringify(event.payload),
          at: event.at,
        })),
      )
      .execute()
  }

  /** The id up to which everything that will ever be there can be seen now, and whether that is all that was given. */
  async function safeEnd(): Promise<SafeEnd> {
    // A sequence that has given nothing says 1, and the first event of all would be taken for known.
    const given = await sql<{ last: number }>`
      SELECT CASE WHEN is_called THEN last_value ELSE 0 END::float8 AS last FROM events_id_seq`.execute(db)
    const last = given.rows[0]!.last
    const locks = await sql<{ id: number }>`
      SELECT objid::bigint::float8 AS id FROM pg_locks
      WHERE locktype = 'advisory' AND classid = 20555 AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(db)
    // A lock has room for 31 bits of the id it names.
    const held = locks.rows.map(({ id }) => last - ((((last - id) % 2 ** 31) + 2 ** 31) % 2 ** 31))
    return { end: Math.min(last, ...held), waiting: held.length > 0 }
  }

  let asking: Promise<SafeEnd> | undefined
  let askingNext: Promise<SafeEnd> | undefined

  /** {@link safeEnd} for everybody who was woken by the same commit: an answer that was asked for before is of no use. */
  function sharedEnd(): Promise<SafeEnd> {
    if (!asking) return (asking = safeEnd().finally(() => (asking = undefined)))
    askingNext ??= asking
      .catch(() => undefined)
      .then(() => {
        askingNext = undefined
        return sharedEnd()
      })
    return askingNext
  }

  async function read(filter: EventFilter, after: number, end: number, limit: number): Promise<StoredEvent[]> {
    let query = db.selectFrom('events').selectAll().where('id', '>', after).where('id', '<=', end)
    if (filter.subjectId !== undefined) query = query.where('subject_id', '=', filter.subjectId)
    if (filter.kindLike !== undefined) query = query.where('kind', 'like', filter.kindLike)
    if (filter.emailAccountIds !== 'all') {
      if (filter.emailAccountIds.length === 0) return []
      query = query.where('email_account_id', 'in', [...filter.emailAccountIds])
    }
    const rows = await query.orderBy('id').limit(limit).execute()
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as StoredEvent['kind'],
      emailAccountId: row.email_account_id ?? undefined,
      subjectId: row.subject_id,
      payload: row.payload as StoredEvent['payload'],
      at: row.at,
    }))
  }

  async function list(filter: EventFilter & { limit?: number }): Promise<EventPage> {
    const limit = Math.min(Math.max(filter.limit ?? 100, 1), MOST_AT_ONCE)
    const { end } = await safeEnd()
    const events = await read(filter, filter.after ?? 0, end, limit)
    return { events, next: events.length === limit ? events.at(-1)!.id : undefined }
  }

  async function subscribe(
    filter: EventFilter,
    listener: (event: StoredEvent) => void | Promise<void>,
    onEnd: (error: unknown) => void = () => undefined,
  ): Promise<() => Promise<void>> {
    // Listen first: what is committed after the position is taken is then announced.
    listening ??= database.listen('events', () => subscriptions.forEach(({ poke }) => poke()))
    await listening
    let position = filter.after ?? (await safeEnd()).end
    let stopped = false
    let poked = false
    let timer: NodeJS.Timeout | undefined
    let running: Promise<void> | undefined

    async function deliver(): Promise<void> {
      do {
        poked = false
        const { end, waiting } = await sharedEnd()
        const events = await read(filter, position, end, MOST_AT_ONCE)
        for (const event of events) {
          if (stopped) return
          await listener(event)
          position = event.id
        }
        // Nothing below `end` can appear any more, also where it was not ours to see.
        if (events.length < MOST_AT_ONCE) position = Math.max(position, end)
        else poked = true
        if (waiting) timer ??= setTimeout(lookAgain, LOOK_AGAIN_MS)
      } while (poked && !stopped)
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
