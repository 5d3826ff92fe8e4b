const SMALL = 20_000
const FACTOR = 8
/** Minimum duration of a run in milliseconds: shorter runs mostly measure noise of timers and garbage collection. */
const LEAST_MS = 4
const MOST_TRIES = 3

/** Maximum growth that counts as linear: quadratic work grows by `FACTOR` squared, 64. */
export const LINEAR = 32

/** Returns the growth of CPU time for input that is eight times as long; the minimum of several tries. */
export function measureGrowth(run: (length: number) => unknown): number {
  run(SMALL / 10)
  let growth = Infinity
  for (let n = 0; n < MOST_TRIES && growth >= LINEAR; n++) {
    const [large, small] = [SMALL * FACTOR, SMALL].map((length) => cpuMs(() => run(length))) as [number, number]
    growth = Math.min(growth, large / Math.max(small, LEAST_MS))
  }
  return growth
}

/** Least CPU time of this thread in several runs, which a busy or stalled machine doesn't affect. */
export function leastCpuMs(run: () => unknown): number {
  return Math.min(...Array.from({ length: MOST_TRIES }, () => cpuMs(run)))
}

function cpuMs(run: () => unknown): number {
  const before = process.threadCpuUsage()
  run()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
