// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- node:fs/promises writes to no descriptor that is open already
import { closeSync, constants, fstatSync, openSync, renameSync, rmSync, write, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { LogSink } from './log-writer.ts'

export interface RotatingFile {
  path: string
  /** Size in bytes at which the file is renamed and a new one starts. */
  maxBytes: number
  /** Number of files in all: the current one, then `path.1` (the newest) to `path.N`. */
  files: number
}

/** Log file that rotates by size. It is reopened after each failure, so that a new disk is found. */
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

  /** Renames need no space, so a full disk can't block the rotation that frees some. */
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

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
