/**
 * The connections to one mailbox, shared by everybody in this process who wants something of it: two at most, because
 * servers count them, and one as a rule.
 *
 * While nobody wants anything, one of them waits in IDLE. Whoever comes gets that one, which is quicker than to sign in
 * again; afterwards the folder is looked at before IDLE begins anew, so that what came meanwhile is not overlooked.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../kernel/errors.ts'
import type { Lane } from '../mail-transport.ts'
import {
  openImapConnection,
  type ConnectionOptions,
  type FolderState,
  type ImapConnection,
  type OpenFolder,
} from './imap-connection.ts'
import { isLostConnection } from './imap-errors.ts'

export const MOST_CONNECTIONS = 2
const LONGEST_FAREWELL_MS = 1_000
/** IDLE is begun anew so often: the answer to DONE proves that somebody is there (RFC 2177 wants it within 29 minutes). */
const RENEW_MS = 2 * 60_000
/** IDLE shows one folder. The others are asked for their state (STATUS) so often, so that a change is known within a minute. */
const OTHERS_MS = 40_000
/** In one round. Mailboxes with more folders are asked for the next ones in the next round. */
const MOST_OTHERS = 100
/** Whoever has just used the connection often comes again: IDLE in between would be two commands for nothing. */
const SETTLE_MS = 300
/** Nobody does who has read a folder to its end, and mail that comes meanwhile waits for IDLE. */
const SETTLE_AFTER_READING_MS = 10
/** A connection that nobody used for so long is given back. */
const UNUSED_MS = 30_000
/** Work that takes longer gets the connection to itself, and IDLE one of its own. */
const LONG_WORK_MS = 30_000
/** So many sign-ins in a minute are what servers refuse an otherwise good one for. */
const MANY_SIGN_INS = 10

export interface MailboxConnections {
  /** Tells the mailbox from others in this process. */
  readonly id: string
  /**
   * Work that may be done twice is done again when the connection turns out to be cut, once.
   *
   * @throws {AppError} what the work throws, and whatever keeps a connection from being opened
   */
  use<T>(lane: Lane, work: (connection: ImapConnection) => Promise<T>, how?: { once: boolean }): Promise<T>
  /** All of the folder was read, as it was then: no news of that state is worth a hint. */
  wasRead(folder: OpenFolder): void
  /**
   * `read`: as the folder was when it was read last, perhaps by a process before this one. The states of `others` are
   * asked for every 40 seconds.
   *
   * @throws {AppError} when the server cannot do it, or the connection is lost: come again after a pause
   */
  watch(
    path: string,
    onHint: () => void,
    over: AbortSignal,
    read?: FolderState,
    others?: () => Promise<readonly OtherFolder[]>,
  ): Promise<void>
  /** How many are open. */
  readonly size: number
  close(): Promise<void>
}

/** A folder that is read and not waited for in IDLE. */
export interface OtherFolder {
  path: string
  read: FolderState | undefined
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
  /** Another one was not let in after it: it is good for what it is in the middle of, and for nothing more. */
  isLast: boolean
  /** Set while it waits in IDLE and may be interrupted. */
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

  /** Gives what is free to whoever comes first, opens what may be opened, and ends IDLE where it stands in the way. */
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
    // An import leaves the one in IDLE where it is; everybody else is quicker with it than with another sign-in.
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
   * Who is let in no more is not known to be well by what was opened before: an account that goes by that would come and
   * go with the connection that it happens to be given.
   */
  function letGo(): void {
    for (const each of held) {
      each.isLast = true
      if (each.busySince === undefined) drop(each)
      else each.interrupt?.()
    }
  }

  /** Of the causes of a sign-in that leads nowhere one is our own: then nobody else has to mend anything. */
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
        // A connection that lay about may have been cut long ago without our hearing of it.
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
    const otherStates: OtherStates = { told: new Map(), unseen: new Map(), next: 0 }
    /** Folders of this round that were asked for. An interrupted round continues as soon as the connection is free. */
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
          if ((await connection.idle(idleMs, either)) === 'told') onHint()
          if (!others || isOverBy(either) || performance.now() - lookedAt < othersMs) continue
          const folders = (await others()).filter((each) => each.path !== path)
          const most = Math.min(folders.length, MOST_OTHERS)
          asked += await connection.hearing(onHint, () =>
            lookAtOthers(connection, folders, otherStates, { most: most - asked, onHint, over: either }),
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

  /**
   * Gives a hint for each folder that is not as it was read, once per state. Begins after the folder that was asked for
   * last.
   *
   * @returns how many folders were asked for
   */
  async function lookAtOthers(
    connection: ImapConnection,
    folders: readonly OtherFolder[],
    states: OtherStates,
    { most, onHint, over }: { most: number; onHint: () => void; over: AbortSignal },
  ): Promise<number> {
    const { told, unseen } = states
    for (let asked = 0; asked < most; asked++) {
      if (over.aborted) return asked
      const { path, read } = folders[states.next % folders.length]!
      if (read && !readStates.has(path)) readStates.set(path, stateOf(read))
      const found = await stateIfThere(connection, path)
      const state = found ? stateOf(found) : REFUSED
      const isChanged = state !== readStates.get(path) && state !== told.get(path)
      const isSeen = found !== undefined && unseen.has(path) && unseen.get(path) !== found.unseen
      told.set(path, state)
      if (found) unseen.set(path, found.unseen)
      states.next = (states.next + 1) % folders.length
      if (isChanged || isSeen) onHint()
    }
    return Math.max(most, 0)
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
          // A server that does not answer a farewell must not hold up our own end.
          const farewell = delay(LONGEST_FAREWELL_MS, undefined, { ref: false })
          if (each.busySince === undefined) await Promise.race([each.connection.end(), farewell])
          each.connection.close()
        }),
      )
    },
  }
}

async function stateIfThere(connection: ImapConnection, path: string) {
  try {
    return await connection.stateOf(path)
  } catch (error) {
    if (AppError.from(error).code === 'transports.item_gone') return undefined
    throw error
  }
}

/** Of a folder whose state the server refuses to tell: its turn finds out why. */
const REFUSED = 'refused'

interface OtherStates {
  /** For which a hint was given, by path. */
  told: Map<string, string>
  unseen: Map<string, number>
  /** Index of the folder that is asked for next. */
  next: number
}

function stateOf({ uidValidity, uidNext, exists, highestModSeq }: FolderState): string {
  return [uidValidity, uidNext, exists, highestModSeq ?? ''].join(':')
}

function nothing(): void {
  // Nobody waits for a reading to end.
}

/** It may become so at any time. */
function isOverBy({ aborted }: AbortSignal): boolean {
  return aborted
}

/** Nobody gets in before a person has done something. */
function isRefusal(thrown: unknown): boolean {
  const { remedy } = AppError.from(thrown)
  return remedy === 'admin' || remedy === 'sign-in'
}
