import { createHash } from 'node:crypto'
import { escapeIdentifier } from 'pg'
import type { CopySession } from '../database/index.ts'
import { END_OF_ROWS, type BackupContent, type BackupHeader, type BackupTrailer, type TableEnd } from './format.ts'
import { readSequences } from './stored-tables.ts'

export interface TextProgress {
  /** Called after each chunk of rows. */
  copied(table: string, bytes: number): void
  ended(table: string): void
}

/** Text of a backup from the snapshot of `session`. Returns its content once it is read to its end. */
export async function* backupText(
  session: CopySession,
  header: BackupHeader,
  progress: TextProgress,
): AsyncGenerator<Buffer, BackupContent, undefined> {
  const lines = createHash('sha256')
  const line = (value: unknown) => {
    const text = Buffer.from(`${JSON.stringify(value)}\n`)
    lines.update(text)
    return text
  }
  const tables: BackupContent['tables'] = []

  yield line(header)
  for (const { name, columns } of header.tables) {
    yield line({ table: name })
    const list = columns.map(escapeIdentifier).join(', ')
    const rows = session.copyOut(`COPY ${escapeIdentifier(name)} (${list}) TO STDOUT`)
    const end = yield* tableRows(rows, (bytes) => progress.copied(name, bytes))
    yield Buffer.from(END_OF_ROWS)
    yield line(end)
    tables.push({ name, ...end })
    progress.ended(name)
  }
  const trailer: BackupTrailer = {
    sequences: await readSequences(session),
    rows: sum(tables, 'rows'),
    bytes: sum(tables, 'bytes'),
  }
  yield line(trailer)
  const sha256 = lines.digest('hex')
  yield Buffer.from(`${JSON.stringify({ sha256 })}\n`)
  return { header, tables, trailer, sha256 }
}

/** Passes the rows on. Returns their number and checksum. */
async function* tableRows(
  rows: AsyncGenerator<Buffer, number, undefined>,
  copied: (bytes: number) => void,
): AsyncGenerator<Buffer, TableEnd, undefined> {
  const hash = createHash('sha256')
  let bytes = 0
  for (;;) {
    const next = await rows.next()
    if (next.done) return { rows: next.value, bytes, sha256: hash.digest('hex') }
    hash.update(next.value)
    bytes += next.value.length
    yield next.value
    copied(next.value.length)
  }
}

function sum(tables: readonly TableEnd[], field: 'rows' | 'bytes'): number {
  return tables.reduce((total, table) => total + table[field], 0)
}
