/**
 * Format of a backup file: Zstandard (RFC 8878) around text in UTF-8, between two frames that decompression skips. They
 * tell a backup from another file, and a truncated file from a whole one, before it is read. An encrypted backup is the
 * same in a file of age, version 1.
 *
 * ```text
 * {"format":"postkey-backup","version":1,…}     header, one line
 * {"table":"events"}                             then, for each table of the header, in its order:
 * 1 ⇥ message.stored ⇥ …                           rows in the text format of COPY
 * \.
 * {"rows":1,"bytes":…,"sha256":…}
 * {"sequences":[…],"rows":…,"bytes":…}              totals
 * {"sha256":"…"}                                 of all lines in braces before it
 * ```
 *
 * @see https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
import { z } from 'zod'

export const FORMAT = 'postkey-backup'
export const FORMAT_VERSION = 1
export const FIRST_FRAME = skippableFrame('postkey backup')
export const LAST_FRAME = skippableFrame('end of postkey backup')

/** @see RFC 8878 §3.1.2 */
function skippableFrame(content: string): Buffer {
  const frame = Buffer.alloc(8 + content.length)
  frame.writeUInt32LE(0x184d2a50, 0)
  frame.writeUInt32LE(content.length, 4)
  frame.write(content, 8)
  return frame
}

/** Line after the rows of a table. A row never equals it, because COPY doubles each backslash. */
export const END_OF_ROWS = '\\.\n'
/** Limit of a line in braces; the header of a database with a hundred years of mail has 0.4 MB. */
export const LONGEST_LINE_BYTES = 16_000_000

const Name = z.string().min(1).max(63)
const Count = z.int().min(0)
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const BackupTable = z.object({
  name: Name,
  /** Without generated columns. */
  columns: z.array(Name).min(1),
  /** Partition by range of another table; an absent bound is MINVALUE or MAXVALUE. */
  partition: z.object({ of: Name, from: z.string().optional(), to: z.string().optional() }).optional(),
})
export type BackupTable = z.infer<typeof BackupTable>

export const BackupHeader = z.object({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  /** Version of Postkey that wrote the backup, and of the PostgreSQL that it was read from. */
  postkey: z.string().max(100),
  postgres: z.string().max(100),
  createdAt: z.iso.datetime(),
  /** Applied migrations: the version of the schema. */
  migrations: z.array(z.object({ name: z.string(), checksum: Sha256 })).min(1),
  tables: z.array(BackupTable).min(1),
})
export type BackupHeader = z.infer<typeof BackupHeader>

export const TableStart = z.object({ table: Name })
export const TableEnd = z.object({ rows: Count, bytes: Count, sha256: Sha256 })
export type TableEnd = z.infer<typeof TableEnd>

export const BackupTrailer = z.object({
  /** `last` may exceed the largest id: a number that was taken and not used is never given again. */
  sequences: z.array(
    z.object({ table: Name, column: Name, last: z.string().regex(/^\d{1,19}$/), called: z.boolean() }),
  ),
  rows: Count,
  bytes: Count,
})
export type BackupTrailer = z.infer<typeof BackupTrailer>
export const Checksum = z.object({ sha256: Sha256 })

/** Content of a complete and unaltered backup. */
export interface BackupContent {
  header: BackupHeader
  tables: (TableEnd & { name: string })[]
  trailer: BackupTrailer
  /** Checksum of all checksums: it identifies the content. */
  sha256: string
}
