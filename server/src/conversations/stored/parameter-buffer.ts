import { sql, type RawBuilder } from 'kysely'

/** Position in a {@link ParameterBuffer}, in bytes. */
export interface BufferSlice {
  at: number
  bytes: number
}

export type ParameterBuffer = ReturnType<typeof createParameterBuffer>

/**
 * Combines the long texts and bytes of one statement into a single parameter. The driver sends bytes unchanged. In JSON or
 * an array each would be escaped and parsed, which takes longer than storing it.
 */
export function createParameterBuffer() {
  const pieces: Uint8Array[] = []
  let length = 0

  function put(piece: Uint8Array | string): BufferSlice {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    const place = { at: length, bytes: bytes.length }
    pieces.push(bytes)
    length += bytes.length
    return place
  }

  return {
    put,
    /** The table `buffer`: one row with all slices. */
    table: (): RawBuilder<unknown> => sql`(SELECT ${Buffer.concat(pieces, length)}::bytea AS whole) AS buffer`,
  }
}

/** The slice whose position is in two columns of a row. */
export function bytesAt(at: string, bytes: string): RawBuilder<Buffer> {
  return sql<Buffer>`substring(buffer.whole FROM ${sql.ref(at)} + 1 FOR ${sql.ref(bytes)})`
}

export function textAt(at: string, bytes: string): RawBuilder<string> {
  return sql<string>`convert_from(${bytesAt(at, bytes)}, 'UTF8')`
}
