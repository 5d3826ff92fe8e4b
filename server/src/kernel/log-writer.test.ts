import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogWriter, droppedLogLines, type LogSink } from './log-writer.ts'

/** Disk or reader under control of the test: it accepts as many bytes as the test allows, when the test allows it. */
class TestSink implements LogSink {
  text = ''
  failure: string | undefined
  /** Maximum bytes accepted at once. */
  most = Infinity
  pending: (() => void) | undefined

  write(bytes: Buffer, done: (error: Error | null, written: number) => void): void {
    if (this.pending) throw new Error('two writes at once')
    this.pending = () => {
      this.pending = undefined
      if (this.failure) done(Object.assign(new Error(this.failure), { code: this.failure }), 0)
      else done(null, this.take(bytes))
    }
  }

  /** Called at each synchronous write. */
  onWriteSync: () => void = () => undefined

  writeSync(bytes: Buffer): number {
    this.onWriteSync()
    if (this.failure) throw Object.assign(new Error(this.failure), { code: this.failure })
    return this.take(bytes)
  }

  take(bytes: Buffer): number {
    const count = Math.min(bytes.length, this.most)
    this.text += bytes.toString('latin1', 0, count)
    return count
  }

  settle(): void {
    while (this.pending) this.pending()
  }
}

afterEach(() => vi.useRealTimers())

describe('a log writer', () => {
  it('keeps whole lines in order through partial writes', () => {
    const sink = new TestSink()
    sink.most = 3
    const writer = createLogWriter({ sink })
    for (const line of ['first\n', 'second\n', 'third\n']) writer.write(line)
    sink.settle()
    expect(sink.text).toBe('first\nsecond\nthird\n')
  })

  it.each(['ENOSPC', 'EAGAIN', 'EPIPE', 'EIO'])('continues after %s at the point of interruption', (code) => {
    vi.useFakeTimers()
    const sink = new TestSink()
    sink.most = 3
    const writer = createLogWriter({ sink })
    writer.write('first\n')
    sink.pending!()
    sink.failure = code
    sink.settle()
    writer.write('second\n')
    vi.advanceTimersByTime(60_000)
    sink.settle()
    sink.failure = undefined
    vi.advanceTimersByTime(1000)
    sink.settle()
    expect(sink.text).toBe('first\nsecond\n')
    expect(writer.dropped).toBe(0)
  })

  it('drops and counts lines beyond its limit, and reports the number once it can write again', () => {
    vi.useFakeTimers()
    const sink = new TestSink()
    sink.failure = 'ENOSPC'
    const before = droppedLogLines()
    const reports: [number, string | undefined][] = []
    const writer = createLogWriter({ sink, maxBytes: 1000, onRecovered: (...report) => reports.push(report) })
    for (let n = 0; n < 500; n++) writer.write('123456789\n')
    sink.settle()
    expect([writer.dropped, droppedLogLines() - before]).toEqual([400, 400])
    expect(reports).toEqual([])

    sink.failure = undefined
    vi.advanceTimersByTime(1000)
    sink.settle()
    expect(reports).toEqual([[400, 'ENOSPC']])
    expect(sink.text).toBe('123456789\n'.repeat(100))
  })

  it('drops lines while a reader never reads, and continues to accept lines', () => {
    const sink = new TestSink()
    const writer = createLogWriter({ sink, maxBytes: 1000 })
    for (let n = 0; n < 500; n++) writer.write('123456789\n')
    expect(writer.dropped).toBe(400)
  })

  it('writes everything before the process ends', () => {
    const sink = new TestSink()
    sink.most = 4
    const writer = createLogWriter({ sink })
    writer.write('under way\n')
    writer.write('fatal\n')
    writer.write('last\n')
    writer.flushSync()
    expect(sink.text).toBe('fatal\nlast\n')
  })

  it.each([
    ['EAGAIN', 3],
    ['ENOSPC', 1],
  ])('gives up writing at the process end after its limit, on %s', (code, attempts) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const sink = new TestSink()
    const writer = createLogWriter({ sink })
    writer.write('under way\n')
    writer.write('fatal\n')
    sink.failure = code
    let made = 0
    sink.onWriteSync = () => {
      made++
      vi.advanceTimersByTime(20)
    }
    writer.flushSync(50)
    expect(made).toBe(attempts)
    // Lines that a later write can still deliver are kept.
    sink.failure = undefined
    sink.settle()
    expect(sink.text).toBe('under way\nfatal\n')
  })

  it('waits for pending lines, but not forever', async () => {
    const sink = new TestSink()
    const writer = createLogWriter({ sink })
    await writer.flush(1000)
    writer.write('line\n')
    await writer.flush(1)
    const flushed = writer.flush(10_000)
    sink.settle()
    await flushed
    expect(sink.text).toBe('line\n')
  })
})
