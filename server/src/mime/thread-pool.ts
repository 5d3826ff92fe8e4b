import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker, type Transferable } from 'node:worker_threads'
import type { QuarantineReason } from '../mail/index.ts'

/** Reason why a thread gave no answer. */
export class ThreadFailure extends Error {
  readonly reason: QuarantineReason
  constructor(reason: QuarantineReason, detail: string) {
    super(detail)
    this.reason = reason
  }
}

export interface ThreadPoolOptions<Request> {
  threads: number
  /** Limit in milliseconds of one request, from the start of its execution. */
  timeoutMs: number
  /**
   * Limit in milliseconds for a thread that gets less than half of a processor, because others keep the processors busy.
   * `timeoutMs` by default.
   */
  longestMs?: number
  /** Heap of one thread in MB, in addition to buffers. */
  memoryMb: number
  /**
   * Idle time in milliseconds after which a thread ends, which releases about forty megabytes. The next request starts
   * a new one.
   */
  idleMs: number
  program: URL
  /** Returns the message for a thread. Called for each attempt, because its buffers are transferred. */
  pack: (request: Request) => { message: object; transfer: readonly Transferable[] }
}

export interface ThreadPool<Request, Reply> {
  /**
   * Runs a request on a thread.
   *
   * @throws ThreadFailure when the thread hangs, dies or the pool is closed
   */
  run(request: Request): Promise<Reply>
  /** Starts a thread if none runs, for a request that follows soon. */
  warmUp(): void
  close(): Promise<void>
}

interface Job<Request, Reply> {
  id: number
  request: Request
  done: (reply: Reply) => void
  fail: (failure: ThreadFailure) => void
  /** True after the request's thread died, where an answer may have been lost: the request is repeated alone. */
  suspect: boolean
}

interface Reader<Request, Reply> {
  worker: Worker
  /** False while the thread loads its program, which doesn't count toward the time of a request. */
  ready: boolean
  /** Requests in the order of execution: the first one is being executed. */
  jobs: Job<Request, Reply>[]
  timer: NodeJS.Timeout | undefined
}

/**
 * Maximum requests queued at a thread. The next request is already there when one ends, so that the thread never waits
 * for the main thread.
 */
const AT_A_THREAD = 4
const LONGEST_START_MS = 60_000
/** Time in milliseconds over which the processor time of a thread is compared. */
const LAPSE_MS = 2_000
/** Pause in milliseconds that slows down a thread that dies repeatedly without a request. */
const RESTART_PAUSE_MS = 100

/**
 * Creates a pool of threads that can be terminated. A thread that hangs or exceeds its memory is ended. The request
 * that it executed fails with the reason. A new thread takes over the requests queued behind it.
 *
 * A thread answers `{ id, … }` for a message with that id, in the order of arrival, and posts `ready` after loading.
 *
 * @see docs/decisions/0012-parsing-on-disposable-threads.md
 */
export function createThreadPool<Request, Reply extends { id: number }>({
  threads: count,
  timeoutMs,
  longestMs = timeoutMs,
  memoryMb,
  idleMs,
  program,
  pack,
}: ThreadPoolOptions<Request>): ThreadPool<Request, Reply> {
  const compiled = getCompileCacheDir()
  const waiting: Job<Request, Reply>[] = []
  const readers: Reader<Request, Reply>[] = []
  let [nextId, closed] = [0, false]

  function run(request: Request): Promise<Reply> {
    return new Promise((done, fail) => {
      if (closed) {
        fail(new ThreadFailure('unreadable', 'the reader is closed'))
        return
      }
      waiting.push({ id: nextId++, request, done, fail, suspect: false })
      dispatch()
    })
  }

  function warmUp(): void {
    if (!closed && readers.length === 0) rest(start())
  }

  /** Assigns requests. The thread with the fewest requests gets the next one. */
  function dispatch(): void {
    while (waiting.length > 0) {
      let free = readers.reduce<Reader<Request, Reply> | undefined>(
        (best, one) => (best && best.jobs.length <= one.jobs.length ? best : one),
        undefined,
      )
      if ((!free || free.jobs.length > 0) && readers.length < count) free = start()
      if (!free || !hasRoom(free, waiting[0]!)) return
      give(free, waiting.shift()!)
    }
  }

  function hasRoom({ jobs }: Reader<Request, Reply>, next: Job<Request, Reply>): boolean {
    if (jobs.length === 0) return true
    return jobs.length < AT_A_THREAD && !next.suspect && !jobs.some(({ suspect }) => suspect)
  }

  function give(reader: Reader<Request, Reply>, job: Job<Request, Reply>): void {
    reader.jobs.push(job)
    if (reader.jobs.length === 1) watch(reader)
    const { message, transfer } = pack(job.request)
    reader.worker.postMessage({ id: job.id, ...message }, transfer)
  }

  function start(): Reader<Request, Reply> {
    const worker = new Worker(program, {
      // Flags of this process don't apply to a thread that only reads; the compile cache does.
      execArgv: [],
      env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
    })
    const reader: Reader<Request, Reply> = { worker, ready: false, jobs: [], timer: undefined }
    readers.push(reader)
    worker.on('message', (said: 'ready' | Reply) => {
      if (said === 'ready') {
        reader.ready = true
        if (reader.jobs.length > 0) watch(reader)
        return
      }
      const [job] = reader.jobs
      if (job?.id !== said.id) return
      reader.jobs.shift()
      clearTimeout(reader.timer)
      if (reader.jobs.length > 0) watch(reader)
      else rest(reader)
      job.done(said)
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

  function rest(reader: Reader<Request, Reply>): void {
    reader.worker.unref()
    reader.timer = setTimeout(() => {
      const at = readers.indexOf(reader)
      if (at < 0 || reader.jobs.length > 0) return
      readers.splice(at, 1)
      void reader.worker.terminate()
    }, idleMs).unref()
  }

  /** Starts the deadline when the thread starts the request. A busy thread keeps the process alive. */
  function watch(reader: Reader<Request, Reply>): void {
    reader.worker.ref()
    clearTimeout(reader.timer)
    const most = reader.ready ? timeoutMs : Math.max(timeoutMs, LONGEST_START_MS)
    reader.timer = setTimeout(() => {
      if (reader.ready) void extend(reader, most)
      else bury(reader, 'too_slow', `more than ${most} ms`)
    }, most)
  }

  /** Waits for a thread over its deadline while others keep it from running; ends it otherwise. `spentMs`: time so far. */
  async function extend(reader: Reader<Request, Reply>, spentMs: number): Promise<void> {
    const [job] = reader.jobs
    const isOver = () => reader.jobs[0] !== job || !readers.includes(reader)
    const mayWait = spentMs + LAPSE_MS <= longestMs
    const before = mayWait ? await cpuUsage(reader.worker) : undefined
    if (isOver()) return
    if (!before) {
      bury(reader, 'too_slow', `more than ${spentMs} ms`)
      return
    }
    reader.timer = setTimeout(() => void judge(), LAPSE_MS)

    async function judge(): Promise<void> {
      const used = await cpuUsage(reader.worker, before)
      if (isOver()) return
      const isRunning = !used || (used.user + used.system) / 1000 > LAPSE_MS / 2
      if (isRunning) bury(reader, 'too_slow', `more than ${spentMs + LAPSE_MS} ms`)
      else await extend(reader, spentMs + LAPSE_MS)
    }
  }

  function bury(reader: Reader<Request, Reply>, reason: QuarantineReason, detail: string): void {
    const at = readers.indexOf(reader)
    if (at < 0) return
    readers.splice(at, 1)
    clearTimeout(reader.timer)
    void reader.worker.terminate()
    const { jobs } = reader
    // A hanging thread has answered all earlier requests; answers of a dying thread can be lost in transit.
    const isKnown = reason === 'too_slow' || jobs.length === 1
    const guilty = isKnown ? jobs[0] : undefined
    waiting.unshift(...(isKnown ? jobs.slice(1) : jobs.map((job) => ({ ...job, suspect: true }))))
    guilty?.fail(new ThreadFailure(reason, detail))
    // A thread that dies without a request would be restarted again and again without a pause.
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
    for (const { fail } of left) fail(new ThreadFailure('unreadable', 'the reader was closed'))
    await Promise.all(ended)
  }

  return { run, warmUp, close }
}

/** Processor time of a thread in microseconds; undefined if the thread doesn't report it within a second. */
async function cpuUsage(worker: Worker, before?: NodeJS.CpuUsage): Promise<NodeJS.CpuUsage | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), 1_000)))
  const usage = worker.cpuUsage(before).catch(() => undefined)
  return Promise.race([usage, late]).finally(() => clearTimeout(timer))
}
