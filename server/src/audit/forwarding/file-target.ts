import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../kernel/errors.ts'
import type { AuditTarget } from './audit-target.ts'

const LINE_FEED = 10

/** Appends entries to a file as JSON lines. It is opened for each page, so any rotation of it by others works. */
export function createFileTarget(path: string): AuditTarget {
  return {
    kind: 'file',
    destination: path,
    async send(entries) {
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
      try {
        const file = await open(path, 'a+', 0o600)
        try {
          await file.writeFile(`${await missingEnd(file)}${lines}`)
          await file.datasync()
        } finally {
          await file.close()
        }
      } catch (cause) {
        throw new AppError('audit.file_not_written', { detail: codeOf(cause), cause })
      }
    },
  }
}

/** Ends a line that a killed process or a full disk left incomplete, so that the next one can be parsed. */
async function missingEnd(file: FileHandle): Promise<string> {
  const stats = await file.stat()
  if (!stats.isFile() || stats.size === 0) return ''
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, stats.size - 1)
  return bytesRead === 1 && buffer[0] !== LINE_FEED ? '\n' : ''
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
