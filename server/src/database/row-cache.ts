import type { Database } from './database.ts'

/** Maximum age of a value, for a change whose notification was lost with its connection. */
const KEPT_MS = 5000

/** Values read from rows, kept while this process is notified of each change of these rows. */
export interface RowCache<Value> {
  /** Returns the kept value, or reads it. Until `start`, each call reads. */
  get: (key: string, read: () => Promise<Value>) => Promise<Value>
  /** Forgets all values. Call it after a change by this process, whose notification arrives later. */
  forget: () => void
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Creates a cache whose values are forgotten when any process changes a row.
 *
 * @param channel notified by a trigger on the tables of the values (`notify_of_change`), when the change commits
 */
export function createRowCache<Value>(
  database: Pick<Database, 'listen'>,
  channel: string,
  { keptMs = KEPT_MS } = {},
): RowCache<Value> {
  const values = new Map<string, { value: Value; readAt: number }>()
  let changes = 0
  let stopListening: (() => Promise<void>) | undefined

  function forget(): void {
    changes++
    values.clear()
  }

  return {
    async get(key, read) {
      const kept = values.get(key)
      const now = performance.now()
      if (kept && now - kept.readAt < keptMs) return kept.value
      const before = changes
      const value = await read()
      // A change during the read may not be in the value.
      if (stopListening && before === changes) values.set(key, { value, readAt: now })
      return value
    },
    forget,
    async start() {
      stopListening = await database.listen(channel, forget)
    },
    async stop() {
      const stop = stopListening
      stopListening = undefined
      forget()
      await stop?.()
    },
  }
}
