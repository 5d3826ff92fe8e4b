const SMALL = 20_000
const FACTOR = 8
/** Below this a run is mostly noise of timers and garbage collection. */
const LEAST_MS = 4

/** The most growth that still counts as linear: quadratic work grows by `FACTOR` squared, 64. */
export const LINEAR = 32

/**
 * Growth of the CPU time for input that is eight times as long. A ratio, so that a slow machine changes nothing; of this
 * thread alone and the least of several runs, so that a busy one changes nothing either.
 */
export function growthOf(run: (length: number) => unknown): number {
  run(SMALL / 10)
  let growth = Infinity
  for (let n = 0; n < MOST_TRIES && growth >= LINEAR; n++) {
    growth = Math.min(
      growth,
      cpuMs(() => run(SMALL * FACTOR)) /
        Math.max(
          cpuMs(() => run(SMALL)),
          LEAST_MS,
        ),
    )
  }
  return growth
}

const MOST_TRIES = 3

function cpuMs(run: () => unknown): number {
  const before = process.threadCpuUsage()
  run()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
