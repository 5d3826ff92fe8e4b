/**
 * Writes log lines without waiting for the disk or the reader. One write is in progress at a time. Further lines are
 * buffered up to a limit; lines beyond it are dropped and counted. A failed write is repeated until it succeeds, so
 * logging continues when space returns or the reader reads again.
 */

export interface LogSink {
  /** Writes some bytes. Calls back once, with the number of bytes written or the error. Never throws. */
  write(bytes: Buffer, done: (error: Error | null, written: number) => void): void
  /** Writes some bytes synchronously, for the end of the process. Throws `EAGAIN` when it would have to wait. */
  writeSync(bytes: Buffer): number
}

export interface LogWriter {
  /** Accepts one or more whole lines. Returns at once. */
  write(text: string): void
  /** Writes buffered lines for at most `limitMs`, blocking the process, before it ends. pino calls it for `fatal`. */
  flushSync(limitMs?: number): void
  /** Resolves when everything is written or dropped, or after `limitMs`. */
  flush(limitMs: number): Promise<void>
  readonly dropped: number
}

export interface LogWriterOptions {
  sink: LogSink
  /** Maximum bytes buffered while writes fail or wait. */
  maxBytes?: number
  /** Called when lines can be written again after `lines` were dropped. Write one line that reports it. */
  onRecovered?: (lines: number, reason: string | undefined) => void
}

const MAX_BYTES = 256 * 1024
/** Maximum bytes of one write: a larger one would keep a pipe or a disk busy for longer than its reader expects. */
const WRITE_BYTES = 64 * 1024
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 1000
const FLUSH_LIMIT_MS = 1000
const SYNC_RETRY_MS = 10

let droppedByAll = 0

/** Returns the number of lines dropped by all writers of this process, for the metrics. */
export function droppedLogLines(): number {
  return droppedByAll
}

export function createLogWriter({ sink, maxBytes = MAX_BYTES, onRecovered }: LogWriterOptions): LogWriter {
  const lines: Buffer[] = []
  let keptBytes = 0
  /** Remainder of the write that is in progress or is to be repeated. */
  let chunk: Buffer | undefined
  let isWriting = false
  let retryTimer: NodeJS.Timeout | undefined
  let retryMs = FIRST_RETRY_MS
  let dropped = 0
  let unreported = 0
  let reason: string | undefined
  const idle: (() => void)[] = []

  function write(text: string): void {
    const line = Buffer.from(text)
    if (keptBytes + line.length > maxBytes) {
      dropped++
      unreported++
      droppedByAll++
      return
    }
    lines.push(line)
    keptBytes += line.length
    pump()
  }

  function pump(): void {
    if (isWriting || retryTimer) return
    chunk ??= takeChunk()
    if (!chunk) {
      for (const resolve of idle.splice(0)) resolve()
      return
    }
    isWriting = true
    sink.write(chunk, written)
  }

  function written(error: Error | null, count: number): void {
    isWriting = false
    if (error) {
      reason = codeOf(error)
      retryTimer = setTimeout(retry, retryMs).unref()
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)
      return
    }
    retryMs = FIRST_RETRY_MS
    advance(count)
    reportDropped()
    pump()
  }

  function retry(): void {
    retryTimer = undefined
    pump()
  }

  function takeChunk(): Buffer | undefined {
    if (lines.length === 0) return undefined
    let bytes = 0
    let count = 0
    while (count < lines.length && (count === 0 || bytes + lines[count]!.length <= WRITE_BYTES)) {
      bytes += lines[count++]!.length
    }
    return Buffer.concat(lines.splice(0, count))
  }

  function advance(count: number): void {
    keptBytes -= count
    chunk = chunk && count < chunk.length ? chunk.subarray(count) : undefined
  }

  /** Reports dropped lines once half of the buffer is free: earlier, the report itself might be dropped. */
  function reportDropped(): void {
    if (unreported === 0 || keptBytes > maxBytes / 2) return
    const [count, why] = [unreported, reason]
    unreported = 0
    reason = undefined
    onRecovered?.(count, why)
  }

  function flushSync(limitMs = FLUSH_LIMIT_MS): void {
    const endsAt = performance.now() + limitMs
    // The write in progress is left to finish: its outcome is unknown here.
    let rest = isWriting ? takeChunk() : (chunk ?? takeChunk())
    if (!isWriting) chunk = undefined
    for (let count = 0; rest !== undefined; rest = count < rest.length ? rest.subarray(count) : takeChunk()) {
      try {
        count = sink.writeSync(rest)
        keptBytes -= count
      } catch (error) {
        if (codeOf(error) === 'EAGAIN' && performance.now() < endsAt) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SYNC_RETRY_MS)
          count = 0
        } else {
          lines.unshift(rest)
          return
        }
      }
    }
  }

  function flush(limitMs: number): Promise<void> {
    if (!isWriting && !chunk && lines.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      idle.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  return {
    write,
    flushSync,
    flush,
    get dropped() {
      return dropped
    },
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
