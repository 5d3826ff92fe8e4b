import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import { createRounds } from '../../kernel/rounds.ts'
import type { Lease, Leases, RunKind } from './leases.ts'

const LOOK_EVERY_MS = 1000
/** Pause after another process had the lock or the database was unavailable, to avoid constant retries. */
const COOL_DOWN_MS = 2000
const LONGEST_FAREWELL_MS = 5000
/** Deadline of a query round: two queries, each with its own limit (`database/limits.ts`). */
const LOOK_DEADLINE_MS = 60_000

/**
 * Maximum concurrent active runs by kind. Imports and previously failed accounts have separate places, so that any number
 * of imports and slow failures leaves the places of connected accounts free.
 */
const PLACES: Readonly<Record<RunKind, number>> = { well: 32, importing: 16, failing: 8 }
const KINDS: readonly RunKind[] = ['well', 'importing', 'failing']
/**
 * A run that has stored nothing for this long is waiting for its server. It costs nothing, so its place is free. A run
 * that waits for its turn holds a page in memory, so it keeps its place.
 */
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
  /** Monotonic clock of this machine, in milliseconds. */
  monotonic?: (() => number) | undefined
}

interface RunningTurn {
  kind: RunKind
  beganAt: number
  lease: Lease | undefined
  ended: Promise<void>
  /** Resolves with false when nothing was stored for too long. */
  standstill: PromiseWithResolvers<false>
}

/**
 * Starts a run for every due account. Runs are independent, so a slow or failing one delays no other. Any number of
 * processes can share a database.
 */
export function createSupervisor(deps: SupervisorDeps) {
  const { database, leases, log, run, abandon } = deps
  const { stalledAfterMs = STALLED_AFTER_MS, abandonedAfterMs = ABANDONED_AFTER_MS } = deps
  const { lookDeadlineMs = LOOK_DEADLINE_MS, monotonic = () => performance.now() } = deps
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
    if (!ending || ending.signal.aborted) return
    const abandonedBefore = monotonic() - abandonedAfterMs
    for (const each of running.values()) if (isIdleSince(each, abandonedBefore)) each.standstill.resolve(false)
    looks.poke()
  }

  async function takeTurns(over: AbortSignal): Promise<void> {
    const end = ending!.signal
    const now = monotonic()
    for (const [id, until] of coolUntil) if (until <= now) coolUntil.delete(id)
    const places = KINDS.map((kind) => [kind, freePlaces(kind)] as const)
    const free = new Map(places.filter(([, count]) => count > 0))
    const due = await leases.due(free, [...running.keys(), ...coolUntil.keys()])
    // The process is stopping, or the result is late and another round has queried since.
    if (end.aborted || over.aborted) return
    for (const { id, kind } of due) if (!running.has(id)) begin(id, kind, end)
  }

  function freePlaces(kind: RunKind): number {
    const stalledBefore = monotonic() - stalledAfterMs
    const taken = [...running.values()].filter((each) => each.kind === kind && !isIdleSince(each, stalledBefore))
    return PLACES[kind] - taken.length
  }

  function begin(id: EmailAccountId, kind: RunKind, end: AbortSignal): void {
    const entry: RunningTurn = {
      kind,
      beganAt: monotonic(),
      lease: undefined,
      ended: Promise.resolve(),
      standstill: Promise.withResolvers(),
    }
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
        const isThrough = await Promise.race([run(lease).then(() => true), entry.standstill.promise])
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

  function coolDown(id: EmailAccountId): void {
    coolUntil.set(id, monotonic() + COOL_DOWN_MS)
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
      else if (!(await leases.isAnyDue())) return
      else {
        look()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  return {
    start,
    stop,
    look,
    settled,
    /** True while all places of imports are taken by active runs, so that a due import waits for others. */
    get isFullOfImports() {
      return freePlaces('importing') <= 0
    },
  }
}

/** True if a run has stored nothing since `time`, because it waits for its server. */
function isIdleSince({ beganAt, lease }: RunningTurn, time: number): boolean {
  return !lease?.isWaiting && (lease?.storedAt ?? beganAt) <= time
}

function farewell(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_FAREWELL_MS).unref())
}
