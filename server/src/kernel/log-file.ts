// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- node:fs/promises writes to no descriptor that is open already
import { closeSync, existsSync, fstatSync, openSync, renameSync, rmSync, statSync, write, writeSync } from 'node:fs'
import type { LogSink } from './log-writer.ts'

export interface RotatingFile {
  path: string
  /** Size in bytes at which the file is renamed and a new one starts. */
  maxBytes: number
  /** Number of files in all: the current one, then `path.1` (the newest) to `path.N`. */
  files: number
}

export interface FileSinkOptions extends RotatingFile {
  /** Called once per series of failures. The file grows until a rotation succeeds. */
  onRotationFailed?: (error: unknown) => void
}

/** Interval of checks that the path still names the open file. */
const CHECK_EVERY_MS = 1000
const ROTATE_AGAIN_MS = 60_000

/**
 * Log file that rotates by size. It is reopened after each failure, so that a new disk is found, and within a second
 * after another program renamed or removed it. A file that can't be rotated is continued.
 */
export function fileSink({ path, maxBytes, files, onRotationFailed }: FileSinkOptions): LogSink {
  let fd: number | undefined
  let sizeBytes = 0
  let checkedAt = 0
  let rotateAt = -Infinity
  let isFailing = false

  function open(): number {
    const now = performance.now()
    const isFull = sizeBytes >= maxBytes && now >= rotateAt
    if (fd !== undefined && (isFull || now - checkedAt >= CHECK_EVERY_MS)) check(fd, now)
    fd ??= openFile(now)
    if (sizeBytes < maxBytes || now < rotateAt) return fd
    if (rotate(now)) fd = openFile(now)
    return fd
  }

  function openFile(now: number): number {
    const opened = openSync(path, 'a', 0o600)
    checkedAt = now
    sizeBytes = fstatSync(opened).size
    return opened
  }

  /** Closes a file that the path doesn't name any more. Another process may write to it, so its size is read again. */
  function check(opened: number, now: number): void {
    checkedAt = now
    const [own, named] = [fstatSync(opened), statSync(path, { throwIfNoEntry: false })]
    sizeBytes = own.size
    if (own.ino !== named?.ino || own.dev !== named.dev) close()
  }

  /** Renames need no space, so a full disk can't block the rotation that frees some. @returns false when it failed */
  function rotate(now: number): boolean {
    try {
      shift()
      close()
      isFailing = false
      return true
    } catch (error) {
      rotateAt = now + ROTATE_AGAIN_MS
      const isFirst = !isFailing
      isFailing = true
      if (isFirst) onRotationFailed?.(error)
      return false
    }
  }

  /** Renames up to the first free name. A failure between two renames therefore loses no file, however often repeated. */
  function shift(): void {
    const names = Array.from({ length: files }, (_, number) => (number === 0 ? path : `${path}.${number}`))
    const free = names.findIndex((name, number) => number > 0 && !existsSync(name))
    const last = free === -1 ? files - 1 : free
    if (free === -1) rmSync(names[last]!, { force: true })
    for (let number = last; number > 0; number--) renameSync(names[number - 1]!, names[number]!)
  }

  function close(): void {
    const closing = fd
    fd = undefined
    if (closing !== undefined) closeSync(closing)
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
