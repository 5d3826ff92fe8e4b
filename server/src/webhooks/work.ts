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
  obsolete: WebhookDeliveryId[]
  live: Page
  replay: Page | undefined
  /** Waiting deliveries of each key, where they were counted. */
  waiting: ReadonlyMap<string, number>
}

/** Deliveries of one conversation are in order; other events by their object. */
export function orderKeyOf({ payload, subjectId }: StoredEvent): string {
  const { conversationId } = payload as { conversationId?: unknown }
  return typeof conversationId === 'string' ? conversationId : subjectId
}

export function createWorkSource({ database, events }: { database: Database; events: Events }) {
  const { db } = database

  /**
   * Due rows that no earlier row of their key precedes, in order. A probe takes one, due or not: the one with the fewest
   * attempts, so that an event which always fails doesn't hide that others would succeed.
   */
  async function dueRows(endpoint: EndpointRow, now: Date, isProbe: boolean): Promise<WaitingRow[]> {
    const { rows } = await sql<WaitingRow>`
      SELECT id, seq, event_id AS "eventId", alert_id AS "alertId", body, kind, order_key AS "orderKey", attempts,
        created_at AS "createdAt"
      FROM webhook_deliveries AS waiting
      WHERE endpoint_id = ${endpoint.id} AND state = 'waiting' AND (due_at <= ${now} OR ${isProbe})
        AND NOT EXISTS (SELECT FROM webhook_deliveries AS earlier
          WHERE earlier.endpoint_id = waiting.endpoint_id AND earlier.state = 'waiting'
            AND earlier.order_key = waiting.order_key AND earlier.seq < waiting.seq)
      ORDER BY CASE WHEN ${isProbe} THEN attempts END, seq LIMIT ${isProbe ? 1 : MOST_EVENTS}`.execute(db)
    return rows
  }

  async function countWaiting({ id }: EndpointRow): Promise<Map<string, number>> {
    const { rows } = await sql<{ key: string; count: number }>`
      SELECT order_key AS key, count(*)::float8 AS count FROM webhook_deliveries
      WHERE endpoint_id = ${id} AND state = 'waiting' GROUP BY order_key`.execute(db)
    return new Map(rows.map(({ key, count }) => [key, count]))
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
      ...{ rows: [], obsolete: [], replay: undefined, waiting: new Map() },
      live: { jobs: [], blocked: [], from: endpoint.position, to: endpoint.position },
    }

    async function takeRows(): Promise<void> {
      const rows = await dueRows(endpoint, now, isProbe)
      const known = await eventsOf(rows)
      for (const row of rows) {
        const event = row.eventId === null ? undefined : known.get(row.eventId)
        if (row.eventId !== null && (!event || !filter.matches(event))) work.obsolete.push(row.id)
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
    if (!probesNew) await takeRows()
    if (endpoint.purpose === 'alerts' || (isProbe && work.rows.length > 0)) return work

    work.waiting = await countWaiting(endpoint)
    const mayTakeNew = work.waiting.size < MOST_KEYS
    const page = mayTakeNew && (await events.list({ ...filter.list, limit: MOST_EVENTS, after: endpoint.position }))
    if (page) work.live = toPage(page.events, endpoint.position, page.next)
    if (probesNew && work.live.jobs.length === 0) await takeRows()
    const { replay_after: after, replay_until: until } = endpoint
    if (!page || page.more || (isProbe && page.events.length > 0) || after === null || until === null) return work
    const replayed = await events.list({ ...filter.list, limit: MOST_EVENTS, after })
    const inSpan = replayed.events.filter(({ id }) => id <= until)
    const isEnd = inSpan.length < replayed.events.length || !replayed.more
    work.replay = toPage(inSpan, after, isEnd ? until : replayed.next)
    return work
  }
}
