// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- node:fs/promises writes to no descriptor that is open already
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { LogSink } from './log-writer.ts'

/** Standard output. Never blocks on the reader of a pipe or on a paused terminal. */
export function standardOutputSink(fd = 1): LogSink {
  const kind = fstatSync(fd)
  if (isatty(fd)) return descriptorSink(nonblockingTwin(fd) ?? fd)
  // Node writes to pipes and sockets without blocking, through its event loop.
  return kind.isFIFO() || kind.isSocket() ? streamSink(fd) : descriptorSink(fd)
}

/** Writes on a thread of the pool: for files and devices, whose writes always end. */
function descriptorSink(fd: number): LogSink {
  return {
    write: (bytes, done) => write(fd, bytes, (error, count) => done(error, count)),
    writeSync: (bytes) => writeSync(fd, bytes),
  }
}

function streamSink(fd: number): LogSink {
  const stream = process.stdout
  // Each failed write is also reported to its callback.
  stream.on('error', () => undefined)
  return {
    write: (bytes, done) => stream.write(bytes, (error) => done(error ?? null, error ? 0 : bytes.length)),
    writeSync: (bytes) => writeSync(fd, bytes),
  }
}

/** Opens the same terminal a second time: making `fd` itself nonblocking would affect every program that shares it. */
function nonblockingTwin(fd: number): number | undefined {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return undefined
  }
}
