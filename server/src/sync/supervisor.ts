import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Turn, Turns } from './turns.ts'

const LOOK_EVERY_MS = 1000
/** Somebody else is at it, or the database is away: no use in asking in every moment. */
const COOL_DOWN_MS = 2000
const MOST_AT_ONCE = 32
const LONGEST_FAREWELL_MS = 5000

export type Supervisor = ReturnType<typeof createSupervisor>

/**
 * Gives every due account its turn, each for itself: one that waits for its server, or fails, holds up nobody. Any
 * number of processes may do so on one database.
 */
export function createSupervisor(deps: {
  database: Database
  turns: Turns
  log: Log
  run: (turn: Turn) => Promise<void>
}) {
  const { database, turns, log, run } = deps
  const running = new Map<EmailAccountId, Promise<void>>()
  const coolUntil = new Map<EmailAccountId, number>()
  let ending: AbortController | undefined
  let stopListening: (() => Promise<void>) | undefined
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let lookAgain = false

  async function start(): Promise<void> {
    ending = new AbortController()
    stopListening = await database.listen('sync', () => look())
    timer = setInterval(look, LOOK_EVERY_MS)
    look()
  }

  function look(): void {
    lookAgain = true
    if (!ending || ending.signal.aborted || looking) return
    looking = takeTurns(ending.signal)
      .catch((error: unknown) => log.warn({ err: error }, 'Due mailboxes could not be looked up'))
      .finally(() => {
        looking = undefined
        if (lookAgain) look()
      })
  }

  async function takeTurns(end: AbortSignal): Promise<void> {
    lookAgain = false
    const free = MOST_AT_ONCE - running.size
    if (free <= 0) return
    const now = performance.now()
    for (const [id, until] of coolUntil) if (until <= now) coolUntil.delete(id)
    const ids = await turns.due(free, [...running.keys(), ...coolUntil.keys()])
    // It may have ended while we asked.
    if (end.aborted) return
    for (const id of ids) {
      running.set(
        id,
        takeTurn(id, end).finally(() => {
          running.delete(id)
          look()
        }),
      )
    }
  }

  async function takeTurn(id: EmailAccountId, end: AbortSignal): Promise<void> {
    try {
      const { locked } = await database.tryLock(`sync:${id}`, async (lost) => {
        const turn = await turns.claim(id, AbortSignal.any([lost, end]))
        if (turn) await run(turn)
      })
      if (!locked) coolDown(id)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code !== 'sync.superseded') {
        log.warn({ err: error, emailAccountId: id }, 'A turn of a mailbox ended early')
      }
      coolDown(id)
    }
  }

  function coolDown(id: EmailAccountId): void {
    coolUntil.set(id, performance.now() + COOL_DOWN_MS)
  }

  async function stop(): Promise<void> {
    ending?.abort()
    clearInterval(timer)
    await stopListening?.()
    await looking
    // What still waits for its server cannot write any more.
    await Promise.race([Promise.all(running.values()), farewell()])
    ending = undefined
  }

  /** Nothing is due and nothing runs here. */
  async function settled(): Promise<void> {
    for (;;) {
      await looking
      if (running.size > 0) await Promise.race(running.values())
      else if ((await turns.due(1, [])).length === 0) return
      else {
        look()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  return { start, stop, look, settled }
}

function farewell(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_FAREWELL_MS).unref())
}
