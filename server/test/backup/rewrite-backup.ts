import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { FIRST_FRAME, LAST_FRAME } from '../../src/backup/format.ts'

/**
 * Writes a backup with another header, without the tables that it lacks, and without the rows of the table `emptied`. All
 * checksums are correct.
 */
export function rewriteBackup(
  path: string,
  backup: Uint8Array,
  change: (header: Record<string, unknown>) => object,
  emptied?: string,
): void {
  let rest = textOf(backup)
  const lines = createHash('sha256')
  const parts: string[] = []
  const take = () => {
    const end = rest.indexOf('\n') + 1
    const line = rest.slice(0, end)
    rest = rest.slice(end)
    return line
  }
  const put = (line: string) => {
    lines.update(line, 'latin1')
    parts.push(line)
  }

  const header = change(JSON.parse(take()) as Record<string, unknown>)
  const kept = new Set((header as { tables: { name: string }[] }).tables.map(({ name }) => `{"table":"${name}"}\n`))
  put(`${JSON.stringify(header)}\n`)
  while (rest.startsWith('{"table":')) {
    const start = take()
    if (!kept.has(start)) {
      rest = rest.slice(`\n${rest}`.indexOf('\n\\.\n') + 3)
      take()
      continue
    }
    put(start)
    const isEmptied = start === `{"table":"${emptied}"}\n`
    const end = `\n${rest}`.indexOf('\n\\.\n')
    parts.push(isEmptied ? '' : rest.slice(0, end), '\\.\n')
    rest = rest.slice(end + 3)
    const sha256 = createHash('sha256').digest('hex')
    put(isEmptied ? (take(), `${JSON.stringify({ rows: 0, bytes: 0, sha256 })}\n`) : take())
  }
  put(take())
  parts.push(`${JSON.stringify({ sha256: lines.digest('hex') })}\n`)
  writeFileSync(path, fileOf(parts.join('')))
}

/** Text of a backup file, one character per byte. */
export function textOf(backup: Uint8Array): string {
  return zstdDecompressSync(backup.subarray(FIRST_FRAME.length, -LAST_FRAME.length)).toString('latin1')
}

/** Backup file with this text. */
export function fileOf(text: string): Buffer {
  return Buffer.concat([FIRST_FRAME, zstdCompressSync(Buffer.from(text, 'latin1')), LAST_FRAME])
}

interface Table {
  name: string
  columns: string[]
}

/** Change of a header: one table becomes another, or is removed. */
export function changeTables(change: (table: Table) => Table | undefined, name: string) {
  return (header: Record<string, unknown>) => ({
    ...header,
    tables: (header['tables'] as Table[]).flatMap((table) => (table.name === name ? (change(table) ?? []) : table)),
  })
}
