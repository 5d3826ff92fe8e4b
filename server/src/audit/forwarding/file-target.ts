import { open, stat, type FileHandle } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { hostname } from 'node:os'
import { AppError } from '../../kernel/errors.ts'
import type { AuditTarget } from './audit-target.ts'
import { systemReason, withinLimit } from './time-limit.ts'

const LINE_FEED = 10
const LONGEST_WRITE_MS = 20_000
/** Readable by the group, for an agent that ships the file. The umask of the process applies. */
const MODE = 0o640
const MOST_ROTATIONS = 3
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** Appends entries to a file as JSON lines. It is opened for each page, so that others may rename it. */
export function createFileTarget(
  path: string,
  { host = hostname(), timeoutMs = LONGEST_WRITE_MS }: { host?: string; timeoutMs?: number } = {},
): AuditTarget {
  let isWriting = false
  return {
    kind: 'file',
    destination: path,
    identity: `${path} on ${host}`,
    async send(entries, signal) {
      // A hanging operation occupies a thread of the process: one more for each attempt would stop all file operations.
      if (isWriting) throw new AppError('audit.file_not_written', { detail: 'the previous write has not ended' })
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      isWriting = true
      const writing = append(path, lines, late).finally(() => (isWriting = false))
      try {
        await withinLimit(writing, late)
      } catch (cause) {
        throw new AppError('audit.file_not_written', { detail: systemReason(cause), cause })
      }
    },
  }
}

/** Appends to the file, and again if it was renamed meanwhile: a program may have read the renamed one before. */
async function append(path: string, lines: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < MOST_ROTATIONS; attempt++) if (await appendOnce(path, lines, signal)) return
  throw new Error('rotated during each attempt')
}

/** @returns false when the path names another file after the write, or a shorter one */
async function appendOnce(path: string, lines: string, signal: AbortSignal): Promise<boolean> {
  const file = await open(path, 'a+', MODE)
  try {
    const before = await file.stat()
    const bytes = Buffer.from(`${await missingEnd(file, before)}${lines}`)
    // An attempt that was given up must not write later.
    signal.throwIfAborted()
    await write(file, before, bytes)
    if (!before.isFile()) return true
    const [written, named] = [await file.stat(), await stat(path).catch(() => undefined)]
    return written.ino === named?.ino && written.dev === named.dev && written.size >= before.size + bytes.length
  } finally {
    await file.close()
  }
}

/** On a full disk, removes what was written, so that each attempt doesn't append a part of the page again. */
async function write(file: FileHandle, before: Stats, bytes: Buffer): Promise<void> {
  let length = 0
  try {
    while (length < bytes.length) length += (await file.write(bytes, length)).bytesWritten
    await file.datasync()
  } catch (error) {
    if (before.isFile() && FULL.includes(systemReason(error))) {
      const { size } = await file.stat()
      if (size === before.size + length) await file.truncate(before.size)
    }
    throw error
  }
}

/** Ends a line that a killed process left incomplete, so that the next one can be parsed. */
async function missingEnd(file: FileHandle, stats: Stats): Promise<string> {
  if (!stats.isFile() || stats.size === 0) return ''
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, stats.size - 1)
  return bytesRead === 1 && buffer[0] !== LINE_FEED ? '\n' : ''
}
