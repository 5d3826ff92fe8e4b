import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { KeyRecords, KeyRing } from '../../kernel/key-ring.ts'
import { sealingContext, SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts'
import type { AuditLog } from '../../audit/index.ts'

const BATCH = 200
/** Maximum number of passes. Servers seal under an older key until each has read the new key file. */
const MOST_PASSES = 5

export interface KeyRotation {
  /**
   * Seals every row under the current key again, while servers run that have both keys. An interrupted rotation keeps
   * its progress, and the next run does the rest. Calls `onProgress` for each batch.
   */
  rotate(onProgress: (progress: RotationProgress) => void): Promise<RotationResult>
}

export interface RotationProgress {
  table: string
  /** Rows of this table sealed in this run. */
  resealed: number
}

export interface RotationResult {
  currentKeyId: string
  resealed: number
  /** Rows that no key of the ring opens. */
  unreadable: { table: string; count: number }[]
  /** Rows still sealed under another key of the ring, because a server uses it. */
  behind: number
  /** Keys of the ring that no row uses any more. */
  canBeDropped: string[]
  /** Keys that rows still use, including unreadable rows. */
  stillNeeded: string[]
}

type Row = Record<string, unknown> & { sealed: Buffer; key_id: string }

export function createKeyRotation(
  { db }: Database,
  keyRing: KeyRing,
  records: KeyRecords,
  audit: AuditLog,
): KeyRotation {
  const { currentId } = keyRing

  async function batch({ table, column, id }: SealedColumn, after: readonly string[] | undefined): Promise<Row[]> {
    const ids = id.length === 0 ? ['key_id'] : id
    const texts = sql.join(ids.map((name) => sql`${sql.ref(name)}::text`))
    const { rows } = await sql<Row>`
      SELECT ${sql.join(ids.map((name) => sql`${sql.ref(name)}::text AS ${sql.ref(name)}`))},
        ${sql.ref(column)} AS sealed, key_id
      FROM ${sql.table(table)} WHERE key_id <> ${currentId}
      ${after ? sql`AND (${texts}) > (${sql.join(after)})` : sql``}
      ORDER BY ${texts} LIMIT ${BATCH}`.execute(db)
    return rows
  }

  /** Seals a row under the current key. A row changed meanwhile is left to the next pass. */
  async function reseal(of: SealedColumn, row: Row): Promise<'resealed' | 'changed' | 'unreadable'> {
    const context = sealingContext(
      of,
      of.id.map((name) => String(row[name])),
    )
    let plain
    try {
      plain = keyRing.open({ sealed: row.sealed, keyId: row.key_id }, context)
    } catch (error) {
      if (error instanceof AppError) return 'unreadable'
      throw error
    }
    const { sealed, keyId } = keyRing.seal(plain, context)
    const isIt = of.id.map((name) => sql`AND ${sql.ref(name)}::text = ${String(row[name])}`)
    const { numAffectedRows } = await sql`
      UPDATE ${sql.table(of.table)} SET ${sql.ref(of.column)} = ${sealed}, key_id = ${keyId}
      WHERE key_id = ${row.key_id} AND ${sql.ref(of.column)} = ${row.sealed} ${sql.join(isIt, sql` `)}`.execute(db)
    return numAffectedRows === 1n ? 'resealed' : 'changed'
  }

  /** Processes one table once. */
  async function pass(of: SealedColumn, onProgress: (resealed: number) => void) {
    const counts = { resealed: 0, changed: 0, unreadable: 0 }
    const ids = of.id.length === 0 ? ['key_id'] : of.id
    for (let rows = await batch(of, undefined); rows.length > 0;) {
      for (const row of rows) counts[await reseal(of, row)]++
      onProgress(counts.resealed)
      const last = rows.at(-1)!
      rows =
        rows.length < BATCH
          ? []
          : await batch(
              of,
              ids.map((name) => String(last[name])),
            )
    }
    return counts
  }

  return {
    async rotate(onProgress) {
      let resealed = 0
      let behind = 0
      let unreadable: RotationResult['unreadable'] = []
      for (let number = 1; number <= MOST_PASSES; number++) {
        const before = resealed
        behind = 0
        unreadable = []
        for (const of of SEALED_COLUMNS) {
          const counts = await pass(of, (done) => onProgress({ table: of.table, resealed: done }))
          resealed += counts.resealed
          behind += counts.changed
          if (counts.unreadable > 0) unreadable.push({ table: of.table, count: counts.unreadable })
        }
        // Stops after a pass without work: rows saved during the pass before were seen by this one.
        if (resealed === before && behind === 0) break
      }
      const others = [...keyRing.ids, ...(await records.list()).map(({ keyId }) => keyId)]
      const stillNeeded: string[] = []
      for (const keyId of new Set(others)) {
        if (keyId !== currentId && (await records.isInUse(keyId))) stillNeeded.push(keyId)
      }
      const canBeDropped = keyRing.ids.filter((keyId) => keyId !== currentId && !stillNeeded.includes(keyId))
      const result = { currentKeyId: currentId, resealed, unreadable, behind, canBeDropped, stillNeeded }
      const { currentKeyId: subject, ...detail } = result
      await audit.record(db, { actor: 'cli', action: 'encryption_key.rotated', subject, detail })
      return result
    },
  }
}
