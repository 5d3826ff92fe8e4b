import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fileSink, type FileSinkOptions } from './log-file.ts'
import { createLogWriter, type LogSink } from './log-writer.ts'

describe('a log file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-log-'))
  let path = ''
  let count = 0
  beforeEach(() => {
    path = join(folder, String(count++), 'postkey.log')
    mkdirSync(join(path, '..'))
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => vi.useRealTimers())
  afterAll(() => rmSync(folder, { recursive: true }))

  it('rotates while it is written and keeps the configured number of files', async () => {
    writeFileSync(path, 'from before\n')
    const writer = createLogWriter({ sink: fileSink({ path, maxBytes: 20, files: 3 }) })
    for (let n = 1; n <= 6; n++) {
      writer.write(`line ${n} of ten\n`)
      await writer.flush(10_000)
    }
    const [current, first, second] = ['', '.1', '.2'].map((end) => readFileSync(path + end, 'utf8'))
    expect([second, first, current]).toEqual([
      'line 2 of ten\nline 3 of ten\n',
      'line 4 of ten\nline 5 of ten\n',
      'line 6 of ten\n',
    ])
    expect(() => readFileSync(`${path}.3`)).toThrow('ENOENT')
  })

  it('is continued while it cannot be rotated, reports it once, and loses no file before it is rotated', () => {
    // A folder can't be replaced by a file, also not by root.
    mkdirSync(`${path}.1`)
    const failures: unknown[] = []
    const sink = sinkOf({ maxBytes: 10, files: 2, onRotationFailed: (error) => failures.push(error) })
    for (const line of ['first line\n', 'second line\n', 'third line\n']) {
      write(sink, line)
      vi.advanceTimersByTime(60_000)
    }
    expect(failures).toHaveLength(1)
    expect(readFileSync(path, 'utf8')).toBe('first line\nsecond line\nthird line\n')

    rmSync(`${path}.1`, { recursive: true })
    write(sink, 'fourth line\n')
    expect(readFileSync(path, 'utf8')).toBe('fourth line\n')
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('first line\nsecond line\nthird line\n')
  })

  it('keeps earlier files while the current one cannot be rotated, however often it is tried', () => {
    for (const end of ['.1', '.2']) writeFileSync(path + end, end)
    const sink = sinkOf({ maxBytes: 1, files: 4 })
    write(sink, 'first\n')
    const file = renameSync
    const renaming = vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (from === path) throw Object.assign(new Error('busy'), { code: 'EBUSY' })
      file(from, to)
    })
    syncBuiltinESMExports()
    onTestFinished(() => {
      renaming.mockRestore()
      syncBuiltinESMExports()
    })
    for (let n = 0; n < 5; n++) {
      write(sink, 'more\n')
      vi.advanceTimersByTime(60_000)
    }

    expect([readFileSync(`${path}.2`, 'utf8'), readFileSync(`${path}.3`, 'utf8')]).toEqual(['.1', '.2'])
    expect(readFileSync(path, 'utf8')).toBe(`first\n${'more\n'.repeat(5)}`)
  })

  it('continues in the file of its path within a second after it was renamed or removed', () => {
    const sink = sinkOf({ maxBytes: 1000, files: 2 })
    write(sink, 'first\n')
    renameSync(path, `${path}.old`)
    vi.advanceTimersByTime(1000)
    write(sink, 'second\n')
    expect(readFileSync(path, 'utf8')).toBe('second\n')
    rmSync(path)
    vi.advanceTimersByTime(1000)
    write(sink, 'third\n')
    expect(readFileSync(path, 'utf8')).toBe('third\n')
  })

  it('is rotated once by two processes that write to it', () => {
    const [one, other] = [sinkOf({ maxBytes: 20, files: 4 }), sinkOf({ maxBytes: 20, files: 4 })]
    for (const sink of [one, other]) write(sink, '11 bytes: \n')
    vi.advanceTimersByTime(1000)
    write(one, 'a\n')
    write(other, 'b\n')

    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
    expect(existsSync(`${path}.2`)).toBe(false)
  })

  function sinkOf(options: Omit<FileSinkOptions, 'path'>) {
    return fileSink({ path, ...options })
  }
})

function write(sink: LogSink, line: string): void {
  expect(sink.writeSync(Buffer.from(line))).toBe(line.length)
}
