/**
 * The connections to a mailbox, shared by all tasks of this process: usually one, and at most two, because servers
 * limit them.
 *
 * While idle, one of them waits in IDLE. A task takes this connection, which is faster than another sign-in. Afterwards
 * the folder is checked before IDLE resumes, so that no change is missed.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../kernel/errors.ts'
import type { Lane } from '../mail-transport.ts'
import { openImapConnection, type ConnectionOptions, type ImapConnection } from './imap-connection.ts'
import { isLostConnection } from './imap-errors.ts'
import type { FolderState, OpenFolder } from './open-folder.ts'
import { checkOtherFolders, type OtherFolder, type OtherStates, stateOf } from './other-folders.ts'

export const MOST_CONNECTIONS = 2
const LONGEST_FAREWELL_MS = 1_000
/**
 * Interval of IDLE renewal: the response to DONE proves that the server is alive (RFC 2177 requires it within 29
 * minutes).
 */
const RENEW_MS = 2 * 60_000
/**
 * Interval of STATUS requests for the folders other than the one in IDLE, so that a change is detected within a minute.
 */
const OTHERS_MS = 40_000
/** Maximum folders per round. Further folders follow in the next round. */
const MOST_OTHERS = 100
/** Delay before IDLE resumes, because a task often uses the connection again soon, and each IDLE costs two commands. */
const SETTLE_MS = 300
/** Shorter delay after a folder was read to its end: no further task is likely, and new mail waits for IDLE. */
const SETTLE_AFTER_READING_MS = 10
/** Time after which an unused connection is closed. */
const UNUSED_MS = 30_000
/** A task that takes longer keeps its connection, and IDLE gets another one. */
const LONG_WORK_MS = 30_000
/** Number of sign-ins per minute at which servers start to refuse valid ones. */
const MANY_SIGN_INS = 10

export interface MailboxConnections {
  /** Identifies the mailbox within this process. */
  readonly id: string
  /**
   * Runs `work` with a connection. Unless `once` is set, repeats the work once if the connection was lost.
   *
   * @throws {AppError} the error of the work, or of opening a connection
   */
  use<T>(lane: Lane, work: (connection: ImapConnection) => Promise<T>, how?: { once: boolean }): Promise<T>
  /** Records the state of a folder that was read to its end, so that this state gives no hint. */
  wasRead(folder: OpenFolder): void
  /**
   * Calls `onHint` after changes, until `over`. `read`: state of the folder at its last reading, perhaps by another
   * process. The states of `others` are requested every 40 seconds.
   *
   * @throws {AppError} if the server does not support IDLE or the connection is lost; call again after a pause
   */
  watch(
    path: string,
    onHint: () => void,
    over: AbortSignal,
    read?: FolderState,
    others?: () => Promise<readonly OtherFolder[]>,
  ): Promise<void>
  /** Number of open connections, including those being opened. */
  readonly size: number
  close(): Promise<void>
}

export interface MailboxConnectionsOptions extends ConnectionOptions {
  times?: Partial<{ renewMs: number; settleMs: number; unusedMs: number; othersMs: number }>
}

type WaitingLane = Lane | 'idle'
const ORDER: readonly WaitingLane[] = ['send', 'sync', 'import', 'idle']

interface Held {
  connection: ImapConnection
  isFresh: boolean
  busySince: number | undefined
  /** True after a later sign-in was refused: the connection finishes its current task and is closed. */
  isLast: boolean
  /** Set while the connection is in IDLE and can be interrupted. */
  interrupt: (() => void) | undefined
  unused: NodeJS.Timeout | undefined
}

interface Waiting {
  lane: WaitingLane
  take: (held: Held) => void
  fail: (error: unknown) => void
}

export function createMailboxConnections(options: MailboxConnectionsOptions): MailboxConnections {
  const { clock, times = {} } = options
  const { renewMs = RENEW_MS, settleMs = SETTLE_MS, unusedMs = UNUSED_MS, othersMs = OTHERS_MS } = times
  const held = new Set<Held>()
  const waiting: Waiting[] = []
  const readStates = new Map<string, string>()
  let readToItsEnd: () => void = nothing
  const signIns: number[] = []
  let opening = 0
  let isOver = false
  let everWorked = false

  function acquire(lane: WaitingLane): Promise<Held> {
    return new Promise((resolve, reject) => {
      waiting.push({ lane, take: resolve, fail: reject })
      pump()
    })
  }

  /**
   * Gives free connections to waiting tasks by priority, opens new ones if allowed, and interrupts IDLE if necessary.
   */
  function pump(): void {
    waiting.sort((a, b) => ORDER.indexOf(a.lane) - ORDER.indexOf(b.lane))
    for (const one of [...waiting]) {
      const free = freeOne()
      if (free) give(one, free)
      else if (mayOpen(one.lane)) void open(one)
      else {
        for (const { interrupt } of held) interrupt?.()
        return
      }
    }
  }

  function freeOne(): Held | undefined {
    for (const each of held) {
      if (each.busySince !== undefined) continue
      const { connection } = each
      if (!connection.isClosed && !isAtItsEnd(connection)) return each
      drop(each)
    }
    return undefined
  }

  function mayOpen(lane: WaitingLane): boolean {
    const count = held.size + opening
    if (count === 0) return true
    if (count >= MOST_CONNECTIONS || opening > 0) return false
    const inIdle = [...held].some(({ interrupt }) => interrupt !== undefined)
    // An import does not interrupt IDLE. For all other tasks, an interruption is faster than another sign-in.
    if (inIdle) return lane === 'import'
    if (lane !== 'idle') return true
    return [...held].every(({ busySince }) => busySince !== undefined && performance.now() - busySince > LONG_WORK_MS)
  }

  async function open(one: Waiting): Promise<void> {
    waiting.splice(waiting.indexOf(one), 1)
    opening++
    try {
      const now = performance.now()
      signIns.push(now)
      while (now - signIns[0]! > 60_000) signIns.shift()
      const connection = await openImapConnection(options)
      if (isOver) {
        connection.close()
        throw new AppError('transports.imap_unavailable')
      }
      const opened: Held = {
        connection,
        isFresh: true,
        busySince: now,
        isLast: false,
        interrupt: undefined,
        unused: undefined,
      }
      held.add(opened)
      one.take(opened)
    } catch (error) {
      const told = asHaste(error)
      if (isRefusal(told)) letGo()
      one.fail(told)
    } finally {
      opening--
      pump()
    }
  }

  /**
   * Stops using all open connections after a refused sign-in. Otherwise the account's state would depend on the
   * connection it happens to get.
   */
  function letGo(): void {
    for (const each of held) {
      each.isLast = true
      if (each.busySince === undefined) drop(each)
      else each.interrupt?.()
    }
  }

  /** Replaces an error that too many sign-ins may have caused: that is our own fault, so no person has to fix it. */
  function asHaste(thrown: unknown): unknown {
    const error = AppError.from(thrown)
    const isNotConnected = error.upstream?.code === 'AuthenticatedButNotConnected'
    if (!isNotConnected || !everWorked || signIns.length < MANY_SIGN_INS) return thrown
    return new AppError('transports.imap_too_many_connections', { cause: error, upstream: error.upstream })
  }

  function give(one: Waiting, free: Held): void {
    waiting.splice(waiting.indexOf(one), 1)
    clearTimeout(free.unused)
    free.busySince = performance.now()
    free.isFresh = false
    one.take(free)
  }

  function release(each: Held): void {
    each.busySince = undefined
    each.interrupt = undefined
    if (each.isLast || each.connection.isClosed || isAtItsEnd(each.connection)) drop(each)
    else {
      each.unused = setTimeout(() => drop(each), unusedMs)
      each.unused.unref()
    }
    pump()
  }

  function drop(each: Held): void {
    clearTimeout(each.unused)
    held.delete(each)
    if (!each.connection.isClosed) void each.connection.end()
  }

  function isAtItsEnd({ endsAt }: ImapConnection): boolean {
    return endsAt !== undefined && endsAt <= clock.now()
  }

  async function use<T>(
    lane: Lane,
    work: (connection: ImapConnection) => Promise<T>,
    { once } = { once: false },
  ): Promise<T> {
    for (let isAgain = false; ; isAgain = true) {
      const one = await acquire(lane)
      const { isFresh } = one
      try {
        const result = await work(one.connection)
        everWorked = true
        return result
      } catch (thrown) {
        const error = AppError.from(thrown)
        // An idle connection may have been lost unnoticed.
        if (once || isAgain || isFresh || !isLostConnection(error)) throw thrown
        one.connection.close()
      } finally {
        release(one)
      }
    }
  }

  async function watch(
    path: string,
    onHint: () => void,
    over: AbortSignal,
    read?: FolderState,
    others?: () => Promise<readonly OtherFolder[]>,
  ): Promise<void> {
    if (read && !readStates.has(path)) readStates.set(path, stateOf(read))
    let told: string | undefined
    const otherStates: OtherStates = { read: readStates, told: new Map(), unseen: new Map(), next: 0 }
    /** Number of folders checked in this round. An interrupted round continues once the connection is free. */
    let asked = 0
    let lookedAt = performance.now()
    while (!isOverBy(over)) {
      const one = await acquire('idle')
      const { connection } = one
      try {
        if (!connection.can('IDLE')) throw new AppError('transports.imap_no_idle')
        const interrupted = new AbortController()
        const folder = await connection.open(path)
        const state = stateOf(folder)
        if (state !== readStates.get(path) && state !== told) {
          told = state
          onHint()
        }
        one.interrupt = () => interrupted.abort()
        if (waiting.length > 0 || one.isLast) interrupted.abort()
        const either = AbortSignal.any([over, interrupted.signal])
        while (!either.aborted && !isAtItsEnd(connection)) {
          const leftMs = connection.endsAt ? connection.endsAt.getTime() - clock.now().getTime() : Infinity
          const lookInMs = others ? lookedAt + othersMs - performance.now() : Infinity
          const idleMs = Math.max(Math.min(renewMs, leftMs, lookInMs), 1)
          if ((await connection.idle(idleMs, either)) === 'changed') onHint()
          if (!others || isOverBy(either) || performance.now() - lookedAt < othersMs) continue
          const folders = (await others()).filter((each) => each.path !== path)
          const most = Math.min(folders.length, MOST_OTHERS)
          asked += await connection.hearing(onHint, () =>
            checkOtherFolders(connection, folders, otherStates, { most: most - asked, onHint, over: either }),
          )
          if (asked < most) continue
          asked = 0
          lookedAt = performance.now()
        }
      } catch (error) {
        connection.close()
        if (isOverBy(over)) return
        throw error
      } finally {
        release(one)
      }
      if (!isOverBy(over)) await settled()
    }
  }

  function settled(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, settleMs)
      readToItsEnd = () => {
        clearTimeout(timer)
        setTimeout(resolve, SETTLE_AFTER_READING_MS)
        readToItsEnd = nothing
      }
    })
  }

  return {
    use,
    watch,
    wasRead(folder) {
      readStates.set(folder.path, stateOf(folder))
      readToItsEnd()
    },
    id: randomUUID(),
    get size() {
      return held.size + opening
    },
    async close() {
      isOver = true
      await Promise.all(
        [...held].map(async (each) => {
          clearTimeout(each.unused)
          held.delete(each)
          // A server that does not respond to LOGOUT must not delay the shutdown.
          const farewell = delay(LONGEST_FAREWELL_MS, undefined, { ref: false })
          if (each.busySince === undefined) await Promise.race([each.connection.end(), farewell])
          each.connection.close()
        }),
      )
    },
  }
}

function nothing(): void {
  // No watch is waiting for the end of a reading.
}

/** A function, because the value can change at any time. */
function isOverBy({ aborted }: AbortSignal): boolean {
  return aborted
}

/** Returns true if a sign-in fails until a person acts. */
function isRefusal(thrown: unknown): boolean {
  const { remedy } = AppError.from(thrown)
  return remedy === 'admin' || remedy === 'sign-in'
}
