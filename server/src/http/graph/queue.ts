const MOST_WAITING = 2000

/**
 * Processes items in sequence, and an item queued twice only once. Drops items above its limit, so it is for hints
 * only.
 */
export function createQueue<T>(work: (item: T) => Promise<void>, onError: (error: unknown) => void) {
  const waiting = new Map<string, T>()
  let running = false

  async function run(): Promise<void> {
    running = true
    for (const [key, item] of waiting) {
      waiting.delete(key)
      try {
        await work(item)
      } catch (error) {
        onError(error)
      }
    }
    running = false
  }

  return {
    add(key: string, item: T): void {
      if (waiting.size >= MOST_WAITING && !waiting.has(key)) return
      waiting.set(key, item)
      if (!running) void run()
    },
  }
}
