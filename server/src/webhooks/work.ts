/** Chooses the deliveries of the next step of an endpoint. */
import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import type { Events, StoredEvent, VisibleAccounts } from '../events/index.ts'
import type { AlertId, WebhookDeliveryId } from '../kernel/ids.ts'
import { createEndpointFilter } from './endpoint-filter.ts'
import type { EndpointRow } from './rows.ts'

/** Events of one step; those of a failing receiver are read again. */
const MOST_EVENTS = 100
/** Conversations that may wait for a retry. With more of them, no further events are taken: they wait in their table. */
const MOST_KEYS = 1_000
/** Deliveries of one key that may wait while others succeed. */
const MOST_OF_KEY = 1_000
/** Failures in a row after which an endpoint is tried with a single delivery. */
export const TROUBLED_AFTER = 10

export interface WaitingRow {
  id: WebhookDeliveryId
  seq: number
  eventId: number | null
  alertId: AlertId | null
  body: unknown
  kind: string
  orderKey: string
  attempts: number
  createdAt: Date
  /** More deliveries of its key wait behind it than may. */
  hasTooManyBehind: boolean
}

export interface Job {
  orderKey: string
  kind: string
  /** Stored, because an attempt failed before, or of an alert. */
  row: WaitingRow | undefined
  event: StoredEvent | undefined
}

/** A page of events. */
export interface Page {
  jobs: Job[]
  /** Events behind a waiting delivery of their key: stored without an attempt. */
  blocked: StoredEvent[]
  /** Position before it, and behind all of it. */
  from: number
  to: number
}

export interface Work {
  rows: Job[]
  /** Rows with nothing to deliver: retention has deleted the event, or the endpoint doesn't want it any more. */
  obsolete: WaitingRow[]
  live: Page
  replay: Page | undefined
  /** Keys with a waiting delivery, where they were read. */
  waiting: ReadonlySet<string>
  /** No further step is due: nothing waits that can be attempted, and no more events have come. */
  isLast: boolean
}

/** Deliveries of one conversation are in order; other events by their object. */
export function orderKeyOf({ payload, subjectId }: StoredEvent): string {
  const { conversationId } = payload as { conversationId?: unknown }
  return typeof conversationId === 'string' ? conversationId : subjectId
}

export function createWorkSource({ database, events }: { database: Database; events: Events }) {
  const { db } = database

  /**
   * Due rows in order; only the first one of each key has a time. A probe takes one, due or not: the one with the fewest
   * attempts, so that an event which always fails doesn't hide that others would succeed.
   */
  async function dueRows(endpoint: EndpointRow, now: Date, isProbe: boolean): Promise<WaitingRow[]> {
    const order = sql`CASE WHEN ${isProbe} THEN attempts END, seq`
    const { rows } = await sql<WaitingRow>`
      SELECT *, NOT ${isProbe} AND EXISTS (SELECT FROM webhook_deliveries AS behind
          WHERE behind.endpoint_id = ${endpoint.id} AND behind.state = 'waiting' AND behind.order_key = due."orderKey"
          OFFSET ${MOST_OF_KEY}) AS "hasTooManyBehind"
      FROM (SELECT id, seq, event_id AS "eventId", alert_id AS "alertId", body, kind, order_key AS "orderKey", attempts,
          created_at AS "createdAt"
        FROM webhook_deliveries
        WHERE endpoint_id = ${endpoint.id} AND state = 'waiting' AND due_at IS NOT NULL AND (due_at <= ${now} OR ${isProbe})
        ORDER BY ${order} LIMIT ${isProbe ? 1 : MOST_EVENTS}) AS due ORDER BY ${order}`.execute(db)
    return rows
  }

  /** Keys with a waiting delivery, read from the first one of each, and whether one of those may be due. */
  async function waitingKeys({ id }: EndpointRow, now: Date): Promise<{ keys: Set<string>; mayBeDue: boolean }> {
    const rows = await db
      .selectFrom('webhook_deliveries')
      .select(['order_key', sql<boolean>`bool_or(due_at <= ${now})`.as('is_due')])
      .where('endpoint_id', '=', id)
      .where(sql<boolean>`state = 'waiting' AND due_at IS NOT NULL`)
      .groupBy('order_key')
      .limit(MOST_KEYS)
      .execute()
    const mayBeDue = rows.length >= MOST_KEYS || rows.some(({ is_due }) => is_due)
    return { keys: new Set(rows.map(({ order_key: key }) => key)), mayBeDue }
  }

  async function eventsOf(rows: readonly WaitingRow[]): Promise<Map<number, StoredEvent>> {
    const ids = rows.flatMap(({ eventId }) => (eventId === null ? [] : [eventId]))
    return new Map((await events.byIds(ids)).map((event) => [event.id, event]))
  }

  /** @param readable mailboxes that the owner of the endpoint may read */
  return async (endpoint: EndpointRow, now: Date, readable: VisibleAccounts): Promise<Work> => {
    const isProbe = endpoint.failures >= TROUBLED_AFTER
    const filter = createEndpointFilter(endpoint, readable)
    const work: Work = {
      ...{ rows: [], obsolete: [], replay: undefined, waiting: new Set(), isLast: false },
      live: { jobs: [], blocked: [], from: endpoint.position, to: endpoint.position },
    }

    async function takeRows(): Promise<void> {
      const rows = await dueRows(endpoint, now, isProbe)
      const known = await eventsOf(rows)
      for (const row of rows) {
        const event = row.eventId === null ? undefined : known.get(row.eventId)
        if (row.eventId !== null && (!event || !filter.matches(event))) work.obsolete.push(row)
        else work.rows.push({ orderKey: row.orderKey, kind: row.kind, row, event })
      }
    }

    const toPage = (found: readonly StoredEvent[], from: number, to: number): Page => {
      const page: Page = { jobs: [], blocked: [], from, to }
      for (const event of found) {
        const orderKey = orderKeyOf(event)
        if (work.waiting.has(orderKey)) page.blocked.push(event)
        else page.jobs.push({ orderKey, kind: event.kind, row: undefined, event })
        if (isProbe && page.jobs.length > 0) return { ...page, to: event.id }
      }
      return page
    }

    // Every second probe is a new event: those that wait may all be ones that the receiver fails at.
    const probesNew = isProbe && endpoint.purpose === 'events' && endpoint.failures % 2 === 1
    const isOfAlerts = endpoint.purpose === 'alerts'
    if (isOfAlerts || (isProbe && !probesNew)) await takeRows()
    if (isOfAlerts || work.rows.length > 0) return work

    const { keys, mayBeDue } = await waitingKeys(endpoint, now)
    work.waiting = keys
    if (!isProbe && mayBeDue) await takeRows()
    const mayTakeNew = work.waiting.size < MOST_KEYS
    const page = mayTakeNew && (await events.list({ ...filter.list, limit: MOST_EVENTS, after: endpoint.position }))
    if (page) work.live = toPage(page.events, endpoint.position, page.next)
    if (probesNew && work.live.jobs.length === 0) await takeRows()
    const { replay_after: after, replay_until: until } = endpoint
    if (!page || page.more || (isProbe && page.events.length > 0)) return work
    if (after === null || until === null) {
      return { ...work, isLast: work.rows.length === 0 && work.obsolete.length === 0 }
    }
    const replayed = await events.list({ ...filter.list, limit: MOST_EVENTS, after })
    const inSpan = replayed.events.filter(({ id }) => id <= until)
    const isEnd = inSpan.length < replayed.events.length || !replayed.more
    work.replay = toPage(inSpan, after, isEnd ? until : replayed.next)
    return work
  }
}
