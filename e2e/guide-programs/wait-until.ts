import { setTimeout as pause } from 'node:timers/promises'

const LIMIT_MS = 30_000
const PAUSE_MS = 100

/** Waits until a condition holds: `expect.poll` belongs to one test, and these tests run at the same time. */
export async function waitUntil(condition: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${LIMIT_MS} ms: ${condition}`)
    await pause(PAUSE_MS)
  }
}
