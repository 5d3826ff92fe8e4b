import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import { createRounds } from '../../kernel/rounds.ts'
import type { Lease, Leases } from './leases.ts'

const LOOK_EVERY_MS = 1000
/** Pause after another process had the lock or the database was unavailable, to avoid constant retries. */
const COOL_DOWN_MS = 2000
const LONGEST_FAREWELL_MS = 5000
/** Deadline of a query round: two queries, each with its own limit (`database/limits.ts`). */
const LOOK_DEADLINE_MS = 60_000

/**
 * Maximum concurrent active runs. Previously failed accounts have separate places, so that any number of slow failures
 * leaves the places of healthy accounts free.
 */
const PLACES = { well: 32, failing: 8 }
/** A run that has stored nothing for this long is waiting for its server. It costs nothing, so its place is free. */
const STALLED_AFTER_MS = 5000
/** Longer than any exchange with a server takes. After that, the run has stalled and loses its lease. */
const ABANDONED_AFTER_MS = 8 * 60_000

export type Supervisor = ReturnType<typeof createSupervisor>

export interface SupervisorDeps {
  database: Database
  leases: Leases
  log: Log
  run: (lease: Lease) => Promise<void>
  /** Called when a run has stalled and loses its lease. */
  abandon: (lease: Lease) => Promise<void>
  stalledAfterMs?: number
  abandonedAfterMs?: number
  /** Deadline of one query for due mailboxes. */
  lookDeadlineMs?: number
}

interface RunningTurn {
  isFailing: boolean
  beganAt: number
  lease: Lease | undefined
  ended: Promise<void>
}

/**
 * Starts a run for every due account. Runs are independent, so a slow or failing one delays no other. Any number of
 * processes can share a database.
 */
export function createSupervisor(deps: SupervisorDeps) {
  const { database, leases, log, run, abandon } = deps
  const { stalledAfterMs = STALLED_AFTER_MS, abandonedAfterMs = ABANDONED_AFTER_MS } = deps
  const { lookDeadlineMs = LOOK_DEADLINE_MS } = deps
  const running = new Map<EmailAccountId, RunningTurn>()
  const coolUntil = new Map<EmailAccountId, number>()
  let ending: AbortController | undefined
  let stopListening: (() => Promise<void>) | undefined
  let timer: NodeJS.Timeout | undefined
  const looks = createRounds({
    name: 'sync.supervisor',
    deadlineMs: lookDeadlineMs,
    run: (over) => takeTurns(over),
    onError: (error) => log.warn({ err: error }, 'Due mailboxes could not be looked up'),
  })

  async function start(): Promise<void> {
    ending = new AbortController()
    looks.start()
    stopListening = await database.listen('sync', () => look())
    timer = setInterval(look, Math.min(LOOK_EVERY_MS, stalledAfterMs))
    look()
  }

  function look(): void {
    if (ending && !ending.signal.aborted) looks.poke()
  }

  async function takeTurns(over: AbortSignal): Promise<void> {
    const end = ending!.signal
    const now = performance.now()
    for (const [id, until] of coolUntil) if (until <= now) coolUntil.delete(id)
    for (const isFailing of [false, true]) {
      const free = freePlaces(isFailing)
      if (free <= 0) continue
      const ids = await leases.due(free, [...running.keys(), ...coolUntil.keys()], { isFailing })
      // The process is stopping, or the result is late and another round has queried since.
      if (end.aborted || over.aborted) return
      for (const id of ids) if (!running.has(id)) begin(id, isFailing, end)
    }
  }

  function freePlaces(isFailing: boolean): number {
    const stalledBefore = performance.now() - stalledAfterMs
    const taken = [...running.values()].filter((each) => each.isFailing === isFailing && aliveAt(each) > stalledBefore)
    return (isFailing ? PLACES.failing : PLACES.well) - taken.length
  }

  function begin(id: EmailAccountId, isFailing: boolean, end: AbortSignal): void {
    const entry: RunningTurn = { isFailing, beganAt: performance.now(), lease: undefined, ended: Promise.resolve() }
    entry.ended = takeTurn(id, entry, end).finally(() => {
      running.delete(id)
      look()
    })
    running.set(id, entry)
  }

  async function takeTurn(id: EmailAccountId, entry: RunningTurn, end: AbortSignal): Promise<void> {
    const over = new AbortController()
    try {
      const { locked } = await database.tryLock(`sync:${id}`, async (lost) => {
        const lease = (entry.lease = await leases.claim(id, AbortSignal.any([lost, end, over.signal])))
        if (!lease) return
        const isThrough = await Promise.race([run(lease).then(() => true), standstill(entry, over.signal)])
        if (!isThrough) {
          over.abort()
          log.warn({ emailAccountId: id }, 'A run of a mailbox stood still and was taken away')
          await abandon(lease)
        }
      })
      if (!locked) coolDown(id)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code !== 'sync.superseded') {
        log.warn({ err: error, emailAccountId: id }, 'A run of a mailbox ended early')
      }
      coolDown(id)
    } finally {
      over.abort()
    }
  }

  /** Resolves when nothing was stored for too long; never resolves if the run ends before. */
  async function standstill(entry: RunningTurn, over: AbortSignal): Promise<false> {
    for (;;) {
      const leftMs = aliveAt(entry) + abandonedAfterMs - performance.now()
      if (leftMs <= 0) return false
      await pause(leftMs, over)
    }
  }

  function coolDown(id: EmailAccountId): void {
    coolUntil.set(id, performance.now() + COOL_DOWN_MS)
  }

  async function stop(): Promise<void> {
    ending?.abort()
    clearInterval(timer)
    await stopListening?.()
    await looks.stop()
    // A run that still waits for its server can't write any more.
    await Promise.race([Promise.all([...running.values()].map(({ ended }) => ended)), farewell()])
    ending = undefined
  }

  /** Resolves when nothing is due and nothing runs in this process. */
  async function settled(): Promise<void> {
    for (;;) {
      await looks.settled()
      if (running.size > 0) await Promise.race([...running.values()].map(({ ended }) => ended))
      else if ((await leases.due(1, [])).length === 0) return
      else {
        look()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  return { start, stop, look, settled }
}

function aliveAt({ beganAt, lease }: RunningTurn): number {
  return lease?.storedAt ?? beganAt
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    timer.unref()
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        // Leaves the promise pending: the other side of the race has already decided.
      },
      { once: true },
    )
  })
}

function farewell(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_FAREWELL_MS).unref())
}
