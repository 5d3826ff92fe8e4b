/** Chooses the deliveries of the next step of an endpoint. */
import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import { EVENT_KINDS, type EventKind, type Events, type StoredEvent } from '../events/index.ts'
import type { AlertId, WebhookDeliveryId } from '../kernel/ids.ts'
import type { EndpointRow } from './rows.ts'

/** Events of one step; those of a failing receiver are read again. */
const MOST_EVENTS = 100
/** Rows beyond which no further events are taken: they wait in the table of events. */
export const MOST_WAITING = 1_000
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
  /** Rows whose event retention has deleted. */
  obsolete: WebhookDeliveryId[]
  live: Page
  replay: Page | undefined
}

/** Deliveries of one conversation are in order; other events by their object. */
export function orderKeyOf({ payload, subjectId }: StoredEvent): string {
  const { conversationId } = payload as { conversationId?: unknown }
  return typeof conversationId === 'string' ? conversationId : subjectId
}

export function kindsOf(patterns: readonly string[] | null): readonly EventKind[] | undefined {
  if (patterns === null) return undefined
  const wanted = new Set(patterns)
  return EVENT_KINDS.filter((kind) => wanted.has(kind) || wanted.has(`${kind.split('.')[0]!}.*`))
}

export function createWorkSource({ database, events }: { database: Database; events: Events }) {
  const { db } = database

  /** Due rows that no earlier row of their key precedes, in order. A probe takes one, due or not. */
  async function dueRows(endpoint: EndpointRow, now: Date, isProbe: boolean): Promise<WaitingRow[]> {
    const { rows } = await sql<WaitingRow>`
      SELECT id, seq, event_id AS "eventId", alert_id AS "alertId", body, kind, order_key AS "orderKey", attempts,
        created_at AS "createdAt"
      FROM webhook_deliveries AS waiting
      WHERE endpoint_id = ${endpoint.id} AND state = 'waiting' AND (due_at <= ${now} OR ${isProbe})
        AND NOT EXISTS (SELECT FROM webhook_deliveries AS earlier
          WHERE earlier.endpoint_id = waiting.endpoint_id AND earlier.state = 'waiting'
            AND earlier.order_key = waiting.order_key AND earlier.seq < waiting.seq)
      ORDER BY seq LIMIT ${isProbe ? 1 : MOST_EVENTS}`.execute(db)
    return rows
  }

  async function waitingKeys(endpoint: EndpointRow): Promise<{ keys: Set<string>; count: number }> {
    const { rows } = await sql<{ key: string; count: number }>`
      SELECT order_key AS key, count(*)::float8 AS count FROM webhook_deliveries
      WHERE endpoint_id = ${endpoint.id} AND state = 'waiting' GROUP BY order_key`.execute(db)
    return { keys: new Set(rows.map(({ key }) => key)), count: rows.reduce((sum, { count }) => sum + count, 0) }
  }

  /** Events of rows. A deleted event has nothing left to deliver. */
  async function eventsOf(rows: readonly WaitingRow[]): Promise<Map<number, StoredEvent>> {
    const ids = rows.flatMap(({ eventId }) => (eventId === null ? [] : [eventId]))
    return new Map((await events.byIds(ids)).map((event) => [event.id, event]))
  }

  return async (endpoint: EndpointRow, now: Date): Promise<Work> => {
    const isProbe = endpoint.failures >= TROUBLED_AFTER
    const rows = await dueRows(endpoint, now, isProbe)
    const known = await eventsOf(rows)
    const toJob = (row: WaitingRow): Job => ({
      ...{ orderKey: row.orderKey, kind: row.kind, row },
      event: row.eventId === null ? undefined : known.get(row.eventId),
    })
    const isObsolete = ({ eventId }: WaitingRow) => eventId !== null && !known.has(eventId)
    const work: Work = {
      rows: rows.filter((row) => !isObsolete(row)).map(toJob),
      obsolete: rows.filter(isObsolete).map(({ id }) => id),
      live: { jobs: [], blocked: [], from: endpoint.position, to: endpoint.position },
      replay: undefined,
    }
    if (endpoint.purpose === 'alerts' || (isProbe && rows.length > 0)) return work

    const { keys, count } = await waitingKeys(endpoint)
    if (count >= MOST_WAITING) return work
    const filter = {
      emailAccountIds: endpoint.email_account_ids ?? ('all' as const),
      ...(endpoint.email_account_ids && { onlyOfAccounts: true }),
      kinds: kindsOf(endpoint.kinds),
      limit: isProbe ? 1 : MOST_EVENTS,
    }
    const toPage = (found: readonly StoredEvent[], from: number, to: number): Page => {
      const page: Page = { jobs: [], blocked: [], from, to }
      for (const event of found) {
        const orderKey = orderKeyOf(event)
        if (keys.has(orderKey)) page.blocked.push(event)
        else page.jobs.push({ orderKey, kind: event.kind, row: undefined, event })
      }
      return page
    }
    const page = await events.list({ ...filter, after: endpoint.position })
    work.live = toPage(page.events, endpoint.position, page.next)
    const { replay_after: after, replay_until: until } = endpoint
    if (page.more || (isProbe && page.events.length > 0) || after === null || until === null) return work
    const replayed = await events.list({ ...filter, after })
    const inSpan = replayed.events.filter(({ id }) => id <= until)
    const isEnd = inSpan.length < replayed.events.length || !replayed.more
    work.replay = toPage(inSpan, after, isEnd ? until : replayed.next)
    return work
  }
}
