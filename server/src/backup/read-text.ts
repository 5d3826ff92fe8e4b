import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import {
  BackupHeader,
  BackupTrailer,
  Checksum,
  FORMAT,
  FORMAT_VERSION,
  TableEnd,
  TableStart,
  type BackupContent,
  type BackupTable,
} from './format.ts'
import { createLineReader } from './line-reader.ts'

/** Destination of a backup that is read. */
export interface BackupSink {
  begin?(header: BackupHeader): Promise<void>
  /** Must read `rows` to the end. Returns the number of rows if it knows it. */
  table(table: BackupTable, rows: AsyncIterable<Buffer>): Promise<number | undefined>
}

/**
 * Reads the text of a backup and verifies it: order, lengths and checksums of all parts, and that nothing follows.
 *
 * @throws {AppError} `backup.not_a_backup`, `backup.newer_than_code`, `backup.damaged`, and the errors of `sink`
 */
export async function readText(source: AsyncIterable<Buffer>, sink: BackupSink): Promise<BackupContent> {
  const reader = createLineReader(source)
  const lines = createHash('sha256')
  const counted = async () => {
    const line = await reader.line()
    lines.update(line).update('\n')
    return line
  }

  const header = readHeader(await counted())
  await sink.begin?.(header)
  const tables: BackupContent['tables'] = []
  for (const table of header.tables) {
    const start = parse(TableStart, await counted())
    if (start.table !== table.name) throw damaged(`${start.table} is in the place of ${table.name}`)
    const read = { hash: createHash('sha256'), bytes: 0 }
    const rows = await sink.table(table, measured(reader.rows(), read))
    const end = parse(TableEnd, await counted())
    const isSame = end.bytes === read.bytes && end.sha256 === read.hash.digest('hex') && end.rows === (rows ?? end.rows)
    if (!isSame) throw damaged(`The rows of ${table.name} are not those that were saved`)
    tables.push({ name: table.name, ...end })
  }
  const trailer = parse(BackupTrailer, await counted())
  const { sha256 } = parse(Checksum, await reader.line())
  if (sha256 !== lines.digest('hex')) throw damaged('The checksum of the backup differs')
  await reader.end()
  return { header, tables, trailer, sha256 }
}

async function* measured(rows: AsyncIterable<Buffer>, read: { hash: ReturnType<typeof createHash>; bytes: number }) {
  for await (const chunk of rows) {
    read.hash.update(chunk)
    read.bytes += chunk.length
    yield chunk
  }
}

function readHeader(line: Buffer): BackupHeader {
  const value = json(line) as { format?: unknown; version?: unknown } | null | undefined
  if (value?.format !== FORMAT) throw new AppError('backup.not_a_backup')
  if (typeof value.version === 'number' && value.version > FORMAT_VERSION) throw new AppError('backup.newer_than_code')
  return parse(BackupHeader, line)
}

function parse<Schema extends z.ZodType>(schema: Schema, line: Buffer): z.output<Schema> {
  const { data, error } = schema.safeParse(json(line))
  if (error) throw new AppError('backup.damaged', { cause: error })
  return data
}

function json(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}

function damaged(reason: string): AppError {
  return new AppError('backup.damaged', { cause: new Error(reason) })
}
