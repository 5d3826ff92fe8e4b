const MOST_WAITING = 2000

/**
 * Does one after the other, and what is asked for again while it waits only once. When too much waits, what comes is
 * forgotten: for hints only.
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
