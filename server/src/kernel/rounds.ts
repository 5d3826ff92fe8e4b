/**
 * Recurring work of this process, one round at a time, each with a deadline.
 *
 * A round that waits forever (a lost answer, a lost event) would stop its work until a restart. A round over its
 * deadline is abandoned: it is counted and reported, its signal is aborted, its late result is ignored, and the next
 * round starts. Late writes are refused by the fencing of the work itself (fencing tokens, leases, claims), as for a
 * stalled process.
 *
 * Overdue rounds are detected in three places: each request for a round, one timer for all rounds, and `/livez`.
 */
import { AppError } from './errors.ts'

const CHECK_EVERY_MS = 1_000
/** Maximum wait of `stop` for the current round, in milliseconds. */
const FAREWELL_MS = 5_000
/** Number of abandoned rounds in a row after which only a new process may help. */
const STALLED_AFTER = 3

export interface RoundsOptions {
  /** Label in metrics and in the log, as `room.work`. */
  name: string
  /** Deadline in milliseconds of machine time. Longer than a round that makes progress. */
  deadlineMs: number
  /**
   * Runs one round. `over` is aborted when the round is abandoned: start no new work. `late` is aborted at half the
   * deadline: finish the current work and leave the rest to the next round, so that a slow server isn't mistaken for a
   * hanging round. Whenever `over` is aborted, `late` is too.
   */
  run: (over: AbortSignal, late: AbortSignal) => Promise<void>
  /** Receives errors of rounds, and `kernel.round_abandoned`. */
  onError: (error: unknown) => void
  /** Returns true when another round must follow at once. Called at the end of each round. */
  isMoreDue?: () => boolean
}

export interface Rounds {
  start(): void
  /** Starts a round now, or one more after the current round. Has no effect before `start`. */
  poke: () => void
  readonly isRunning: boolean
  /** Stops the work and waits for the current round, for 5 seconds at most. */
  stop(): Promise<void>
  /** Resolves when no round runs and none is due, for tests. */
  settled: () => Promise<void>
}

export interface RoundFigures {
  name: string
  /** Number of rounds abandoned since the process started. */
  abandoned: number
  /** Duration of the current round in milliseconds; undefined when none runs. */
  runningMs: number | undefined
  /** True when several rounds in a row were abandoned. */
  isStalled: boolean
}

interface Round {
  beganAt: number
  over: AbortController
  late: AbortController
  ended: Promise<void>
}

interface Registered {
  check(): void
  figures(): RoundFigures
}

const registered = new Set<Registered>()
let checking: NodeJS.Timeout | undefined

/** Returns the figures of all started recurring work of this process. */
export function roundFigures(): RoundFigures[] {
  for (const each of registered) each.check()
  return [...registered].map((each) => each.figures())
}

export function createRounds(options: RoundsOptions): Rounds {
  const { name, deadlineMs, run, onError, isMoreDue = () => false } = options
  let isOpen = false
  let isPoked = false
  let current: Round | undefined
  let abandoned = 0
  let abandonedInARow = 0

  function poke(): void {
    isPoked = true
    check()
    if (isOpen && !current) begin()
  }

  function begin(): void {
    isPoked = false
    const [over, late] = [new AbortController(), new AbortController()]
    const round: Round = { beganAt: performance.now(), over, late, ended: Promise.resolve() }
    current = round
    round.ended = started(over.signal, late.signal)
      .catch((error: unknown) => {
        if (current === round) onError(error)
      })
      .finally(() => {
        // This round was abandoned: another one may run by now.
        if (current !== round) return
        current = undefined
        abandonedInARow = 0
        if (isOpen && (isPoked || isMoreDue())) begin()
      })
  }

  /** Turns a synchronous throw before the first wait into a rejection. */
  async function started(over: AbortSignal, late: AbortSignal): Promise<void> {
    await run(over, late)
  }

  function check(): void {
    if (!current) return
    const runningMs = performance.now() - current.beganAt
    const { over, late } = current
    if (runningMs >= deadlineMs / 2) late.abort()
    if (runningMs < deadlineMs) return
    current = undefined
    abandoned++
    abandonedInARow++
    over.abort()
    onError(new AppError('kernel.round_abandoned', { detail: `${name}, after ${deadlineMs / 1000} s` }))
    if (isOpen) begin()
  }

  const registration: Registered = {
    check,
    figures() {
      const runningMs = current && performance.now() - current.beganAt
      return { name, abandoned, runningMs, isStalled: abandonedInARow >= STALLED_AFTER }
    },
  }

  return {
    start() {
      isOpen = true
      register(registration)
    },
    poke,
    get isRunning() {
      return current !== undefined
    },
    async stop() {
      isOpen = false
      isPoked = false
      unregister(registration)
      const round = current
      if (round) await Promise.race([round.ended, farewell(round.ended)])
      round?.late.abort()
      round?.over.abort()
      current = undefined
    },
    async settled() {
      while (current) await current.ended
    },
  }
}

function register(one: Registered): void {
  registered.add(one)
  checking ??= setInterval(() => registered.forEach((each) => each.check()), CHECK_EVERY_MS).unref()
}

function unregister(one: Registered): void {
  registered.delete(one)
  if (registered.size > 0) return
  clearInterval(checking)
  checking = undefined
}

/** Waits for the end of a round with a limit. Its timer never outlives the wait. */
function farewell(ended: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FAREWELL_MS)
    void ended.finally(() => clearTimeout(timer))
  })
}
