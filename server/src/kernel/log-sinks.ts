// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- node:fs/promises writes to no descriptor that is open already
import { closeSync, constants, fstatSync, openSync, renameSync, rmSync, write, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { LogSink } from './log-writer.ts'

export interface RotatingFile {
  path: string
  /** Size at which the file is renamed and a new one begins. */
  maxBytes: number
  /** Files in all: the current one, then `path.1` (the newest) to `path.N`. */
  files: number
}

/** A log file that rotates by size while it is written. Opened again after each failure, so a new disk is found. */
export function fileSink({ path, maxBytes, files }: RotatingFile): LogSink {
  let fd: number | undefined
  let sizeBytes = 0

  function open(): number {
    if (fd !== undefined && sizeBytes >= maxBytes) rotate()
    if (fd !== undefined) return fd
    fd = openSync(path, 'a', 0o600)
    sizeBytes = fstatSync(fd).size
    if (sizeBytes >= maxBytes) {
      rotate()
      return open()
    }
    return fd
  }

  /** Renames need no space, so a full disk cannot keep them from making some. */
  function rotate(): void {
    close()
    rmSync(`${path}.${files - 1}`, { force: true })
    for (let number = files - 2; number >= 0; number--) {
      renameIfThere(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`)
    }
  }

  function close(): void {
    if (fd !== undefined) closeSync(fd)
    fd = undefined
  }

  return {
    write(bytes, done) {
      try {
        write(open(), bytes, (error, count) => {
          if (error) close()
          else sizeBytes += count
          done(error, count)
        })
      } catch (error) {
        done(error as Error, 0)
      }
    },
    writeSync(bytes) {
      const count = writeSync(open(), bytes)
      sizeBytes += count
      return count
    },
  }
}

/** Standard output. Waits neither for the reader of a pipe nor for a terminal that is paused. */
export function standardOutputSink(fd = 1): LogSink {
  const kind = fstatSync(fd)
  if (isatty(fd)) return descriptorSink(nonblockingTwin(fd) ?? fd)
  // Node writes to pipes and sockets without blocking, through its event loop.
  return kind.isFIFO() || kind.isSocket() ? streamSink(fd) : descriptorSink(fd)
}

/** By a thread of the pool: for files and devices, whose writes end. */
function descriptorSink(fd: number): LogSink {
  return {
    write: (bytes, done) => write(fd, bytes, (error, count) => done(error, count)),
    writeSync: (bytes) => writeSync(fd, bytes),
  }
}

function streamSink(fd: number): LogSink {
  const stream = process.stdout
  // Each failed write reports to its callback as well.
  stream.on('error', () => undefined)
  return {
    write: (bytes, done) => stream.write(bytes, (error) => done(error ?? null, error ? 0 : bytes.length)),
    writeSync: (bytes) => writeSync(fd, bytes),
  }
}

/** The same terminal opened anew: to make `fd` itself nonblocking would reach every program that shares it. */
function nonblockingTwin(fd: number): number | undefined {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return undefined
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
