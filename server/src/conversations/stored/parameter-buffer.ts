import { sql, type RawBuilder } from 'kysely'

/** Where something lies in a {@link Cargo}. */
export interface Place {
  at: number
  bytes: number
}

export type Cargo = ReturnType<typeof createCargo>

/**
 * The long texts and the bytes of one statement, as a single parameter. The driver sends bytes as they are; in JSON or in
 * an array each of them would be escaped here and taken apart there, which takes longer than to store it.
 */
export function createCargo() {
  const pieces: Uint8Array[] = []
  let length = 0

  function put(piece: Uint8Array | string): Place {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    const place = { at: length, bytes: bytes.length }
    pieces.push(bytes)
    length += bytes.length
    return place
  }

  return {
    put,
    /** The table `cargo`, of one row with all of it. */
    table: (): RawBuilder<unknown> => sql`(SELECT ${Buffer.concat(pieces, length)}::bytea AS whole) AS cargo`,
  }
}

/** What lies at the place that two columns of a row name. */
export function bytesAt(at: string, bytes: string): RawBuilder<Buffer> {
  return sql<Buffer>`substring(cargo.whole FROM ${sql.ref(at)} + 1 FOR ${sql.ref(bytes)})`
}

export function textAt(at: string, bytes: string): RawBuilder<string> {
  return sql<string>`convert_from(${bytesAt(at, bytes)}, 'UTF8')`
}
