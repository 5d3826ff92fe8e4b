import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { rememberText, type QuarantineReason } from '../mail/index.ts'
import { headerOnly } from './header-only.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'
import type { ReadByThread } from './parse-thread.ts'

export interface Parser {
  /** Never rejects because of what the message is: what cannot be read comes back quarantined, with its reason. */
  parse(source: Uint8Array, hints?: ParseHints): Promise<ParsedMessage>
  /** Messages that are still being read come back quarantined. */
  close(): Promise<void>
}

export interface ParserOptions {
  threads?: number
  /** For one message. */
  timeoutMs?: number
  /** Of one thread, for what JavaScript keeps; the source itself is beside it. */
  memoryMb?: number
  /** After so long without a message a thread ends, and with it some forty megabytes; the next message starts one. */
  idleMs?: number
  /** Tests put a thread there that misbehaves. */
  thread?: URL
}

interface Job {
  id: number
  source: Uint8Array
  hints: ParseHints
  done: (message: ParsedMessage) => void
  /** It lay at a thread that died, and what had been answered there may have been lost: now it is read alone. */
  suspect: boolean
}

interface Reader {
  worker: Worker
  /** Loading what it reads with takes its time, and is no message's fault. */
  ready: boolean
  /** In the order in which it reads them: the first is the one that it reads now. */
  jobs: Job[]
  timer: NodeJS.Timeout | undefined
}

/** The next message lies there already when one is read, so that a thread does not wait for this one. */
const AT_A_THREAD = 4
const LONGEST_START_MS = 60_000
/** Nobody gets this far but who makes threads die: they come slower then. */
const RESTART_PAUSE_MS = 100

/**
 * Reads messages on threads that may die. A thread that hangs, or takes more memory than it may, is ended; the message
 * that it read is quarantined with that reason, a new thread takes its place and the messages behind it go on there.
 *
 * @see docs/decisions/0012-mail-is-read-on-threads-that-may-die.md
 */
export function createParser({
  threads: count = 2,
  timeoutMs = 10_000,
  memoryMb = 256,
  idleMs = 60_000,
  thread: program = new URL('./parse-thread.ts', import.meta.url),
}: ParserOptions = {}): Parser {
  const compiled = getCompileCacheDir()
  const waiting: Job[] = []
  const readers: Reader[] = []
  let [nextId, closed] = [0, false]

  function parse(source: Uint8Array, hints: ParseHints = {}): Promise<ParsedMessage> {
    // A thread dies of it, and so would we: whoever hands over no bytes hears of it alone.
    if (!ArrayBuffer.isView(source)) return Promise.reject(new TypeError('the source of a message is bytes'))
    return new Promise((done) => {
      if (closed) {
        done(headerOnly(source, hints, { reason: 'unreadable', detail: 'the reader is closed' }))
        return
      }
      waiting.push({ id: nextId++, source, hints, done, suspect: false })
      dispatch()
    })
  }

  /** The thread that has least to do gets the next one. */
  function dispatch(): void {
    while (waiting.length > 0) {
      let free = readers.reduce<Reader | undefined>(
        (best, one) => (best && best.jobs.length <= one.jobs.length ? best : one),
        undefined,
      )
      if ((!free || free.jobs.length > 0) && readers.length < count) free = start()
      if (!free || !hasRoom(free, waiting[0]!)) return
      give(free, waiting.shift()!)
    }
  }

  function hasRoom({ jobs }: Reader, next: Job): boolean {
    if (jobs.length === 0) return true
    return jobs.length < AT_A_THREAD && !next.suspect && !jobs.some(({ suspect }) => suspect)
  }

  function give(reader: Reader, job: Job): void {
    reader.jobs.push(job)
    if (reader.jobs.length === 1) watch(reader)
    // Given away and not cloned: a clone is one of all the bytes among which these lie, three times as many.
    const source = new Uint8Array(job.source)
    reader.worker.postMessage({ id: job.id, source, hints: job.hints }, [source.buffer])
  }

  function start(): Reader {
    const worker = new Worker(program, {
      // Whatever this process was started with is not for a thread that only reads, except where its program lies ready.
      execArgv: [],
      env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
    })
    const reader: Reader = { worker, ready: false, jobs: [], timer: undefined }
    readers.push(reader)
    worker.on('message', (said: 'ready' | ReadByThread) => {
      if (said === 'ready') {
        reader.ready = true
        if (reader.jobs.length > 0) watch(reader)
        return
      }
      const { id, message, text } = said
      const [job] = reader.jobs
      if (job?.id !== id) return
      reader.jobs.shift()
      clearTimeout(reader.timer)
      if (reader.jobs.length > 0) watch(reader)
      else rest(reader)
      if (text !== undefined) rememberText(message.body, text)
      job.done(message)
      dispatch()
    })
    worker.on('error', (error: NodeJS.ErrnoException) => {
      const tooMuch = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      bury(reader, tooMuch ? 'too_much_memory' : 'unreadable', tooMuch ? `more than ${memoryMb} MB` : error.message)
    })
    worker.on('exit', (code) => {
      bury(reader, 'unreadable', `the thread ended by itself with ${code}`)
    })
    return reader
  }

  function rest(reader: Reader): void {
    reader.worker.unref()
    reader.timer = setTimeout(() => {
      const at = readers.indexOf(reader)
      if (at < 0 || reader.jobs.length > 0) return
      readers.splice(at, 1)
      void reader.worker.terminate()
    }, idleMs).unref()
  }

  /** The time of a message begins when its thread comes to it. A thread in the middle of one keeps the process alive. */
  function watch(reader: Reader): void {
    reader.worker.ref()
    clearTimeout(reader.timer)
    const most = reader.ready ? timeoutMs : Math.max(timeoutMs, LONGEST_START_MS)
    reader.timer = setTimeout(() => {
      bury(reader, 'too_slow', `more than ${most} ms`)
    }, most)
  }

  function bury(reader: Reader, reason: QuarantineReason, detail: string): void {
    const at = readers.indexOf(reader)
    if (at < 0) return
    readers.splice(at, 1)
    clearTimeout(reader.timer)
    void reader.worker.terminate()
    const { jobs } = reader
    // One that hangs has answered all before; with one that dies, answers may be lost on the way.
    const isKnown = reason === 'too_slow' || jobs.length === 1
    const guilty = isKnown ? jobs[0] : undefined
    waiting.unshift(...(isKnown ? jobs.slice(1) : jobs.map((job) => ({ ...job, suspect: true }))))
    guilty?.done(headerOnly(guilty.source, guilty.hints, { reason, detail }))
    // A thread that dies without having anything to read would be started again and again at once.
    if (jobs.length > 0) dispatch()
    else setTimeout(dispatch, RESTART_PAUSE_MS).unref()
  }

  async function close(): Promise<void> {
    closed = true
    const left = [...readers.flatMap(({ jobs }) => jobs), ...waiting.splice(0)]
    const ended = readers.splice(0).map(({ worker, timer }) => {
      clearTimeout(timer)
      return worker.terminate()
    })
    for (const { source, hints, done } of left) {
      done(headerOnly(source, hints, { reason: 'unreadable', detail: 'the reader was closed' }))
    }
    await Promise.all(ended)
  }

  return { parse, close }
}
