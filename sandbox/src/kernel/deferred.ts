import type { MovableClock } from './clock.ts'
import type { Database } from './database.ts'

/**
 * Work scheduled by the sandbox's clock, such as a delayed Sent copy or a retried notification. It is stored in the
 * file, so a restart loses none, and moving the clock makes it due.
 */
export interface Deferred {
  /** Registers the single handler of `kind`. When a handler throws, the error is reported and its work is dropped. */
  handle<Payload>(kind: string, handler: (payload: Payload) => void | Promise<void>): void
  schedule(kind: string, dueAt: Date, payload: unknown): void
  /** Runs all due work and resolves when it is done; for tests that wait for events instead of sleeping. */
  runDue(): Promise<void>
  start(): void
  stop(): Promise<void>
}

interface Row {
  id: number
  kind: string
  due_at: number
  payload: string
}

/** Limit of one timer, because Node's timers overflow at 2^31 ms. */
const LONGEST_SLEEP_MS = 60_000

export function createDeferred(database: Database, clock: MovableClock, report: (error: unknown) => void): Deferred {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS deferred_work (
      id INTEGER PRIMARY KEY, kind TEXT NOT NULL, due_at INTEGER NOT NULL, payload TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS deferred_work_due ON deferred_work (due_at);`)

  const handlers = new Map<string, (payload: never) => void | Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let running = false
  let current: Promise<void> = Promise.resolve()

  clock.onMove(wake)

  function wake(): void {
    if (!running) return
    clearTimeout(timer)
    const next = database.get<{ due_at: number }>('SELECT due_at FROM deferred_work ORDER BY due_at LIMIT 1')
    if (!next) return
    const waitMs = Math.min(Math.max(next.due_at - clock.now().getTime(), 0), LONGEST_SLEEP_MS)
    timer = setTimeout(() => void runDue(), waitMs)
  }

  function runDue(): Promise<void> {
    current = current.then(async () => {
      for (let row = takeNext(); row; row = takeNext()) {
        try {
          await handlers.get(row.kind)?.(JSON.parse(row.payload) as never)
        } catch (error) {
          report(error)
        }
      }
      wake()
    })
    return current
  }

  function takeNext(): Row | undefined {
    return database.get<Row>(
      `DELETE FROM deferred_work WHERE id =
         (SELECT id FROM deferred_work WHERE due_at <= ? ORDER BY due_at, id LIMIT 1) RETURNING *`,
      clock.now().getTime(),
    )
  }

  return {
    handle(kind, handler) {
      handlers.set(kind, handler)
    },
    schedule(kind, dueAt, payload) {
      database.run(
        'INSERT INTO deferred_work (kind, due_at, payload) VALUES (?, ?, ?)',
        kind,
        dueAt.getTime(),
        JSON.stringify(payload),
      )
      wake()
    },
    runDue,
    start() {
      running = true
      wake()
    },
    async stop() {
      running = false
      clearTimeout(timer)
      await current
    },
  }
}
