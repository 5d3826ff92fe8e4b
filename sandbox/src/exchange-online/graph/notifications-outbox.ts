import type { Database } from '../../kernel/database.ts'

/** A queued notification. Times are milliseconds since the epoch. */
export interface Queued {
  number: number
  subscriptionId: string
  /** `lifecycle` notifications stay queued after their subscription is removed. */
  kind: 'change' | 'lifecycle'
  /** One entry of `value`, as JSON. */
  item: string
  queuedAt: number
  dueAt: number
  attempts: number
}

/** Queue of notifications that their endpoint has not accepted yet. Stored, so a stop of the sandbox loses none. */
export interface Outbox {
  add(url: string, notification: Omit<Queued, 'number' | 'attempts'>): void
  /** Token refreshes, oldest first. */
  due(url: string, now: number, limit: number): Queued[]
  remove(numbers: readonly number[]): void
  retryAt(numbers: readonly number[], dueAt: number): void
  /** Removes the queued change notifications of a removed subscription. */
  removeChanges(subscriptionId: string): void
  count(url: string): number
  has(subscriptionId: string, item: string): boolean
  /** Endpoints with queued notifications. */
  urls(): string[]
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS graph_notifications (
    number INTEGER PRIMARY KEY, url TEXT NOT NULL, subscription_id TEXT NOT NULL, kind TEXT NOT NULL,
    item TEXT NOT NULL, queued_at INTEGER NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS graph_notifications_due ON graph_notifications (url, due_at);
  CREATE INDEX IF NOT EXISTS graph_notifications_subscription ON graph_notifications (subscription_id);`

export function createOutbox(database: Database): Outbox {
  database.addTables(TABLES)

  return {
    add(url, { subscriptionId, kind, item, queuedAt, dueAt }) {
      database.run(
        `INSERT INTO graph_notifications (url, subscription_id, kind, item, queued_at, due_at, attempts)
         VALUES (?, ?, ?, ?, ?, ?, 0)`,
        url,
        subscriptionId,
        kind,
        item,
        queuedAt,
        dueAt,
      )
    },
    due: (url, now, limit) =>
      database.all<Queued>(
        `SELECT number, subscription_id AS subscriptionId, kind, item, queued_at AS queuedAt, due_at AS dueAt, attempts
         FROM graph_notifications WHERE url = ? AND due_at <= ? ORDER BY due_at, number LIMIT ?`,
        url,
        now,
        limit,
      ),
    remove(numbers) {
      database.run('DELETE FROM graph_notifications WHERE number IN (SELECT value FROM json_each(?))', list(numbers))
    },
    retryAt(numbers, dueAt) {
      database.run(
        `UPDATE graph_notifications SET due_at = ?, attempts = attempts + 1
         WHERE number IN (SELECT value FROM json_each(?))`,
        dueAt,
        list(numbers),
      )
    },
    removeChanges(subscriptionId) {
      database.run("DELETE FROM graph_notifications WHERE subscription_id = ? AND kind = 'change'", subscriptionId)
    },
    count: (url) =>
      database.get<{ count: number }>('SELECT count(*) AS count FROM graph_notifications WHERE url = ?', url)!.count,
    has: (subscriptionId, item) =>
      database.get(
        'SELECT 1 FROM graph_notifications WHERE subscription_id = ? AND item = ? LIMIT 1',
        subscriptionId,
        item,
      ) !== undefined,
    urls: () => database.all<{ url: string }>('SELECT DISTINCT url FROM graph_notifications').map(({ url }) => url),
  }
}

function list(numbers: readonly number[]): string {
  return JSON.stringify(numbers)
}
