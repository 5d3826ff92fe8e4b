/** Options of each `vi.waitFor` and `vi.waitUntil`: a limit for what hangs, not a measure. `expect.poll` has the same. */
export const WAIT = { timeout: 30_000, interval: 10 }
