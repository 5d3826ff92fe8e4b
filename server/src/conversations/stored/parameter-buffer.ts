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
  const pieces: { piece: Uint8Array | string; at: number }[] = []
  let length = 0

  function put(piece: Uint8Array | string): BufferSlice {
    const bytes = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
    const place = { at: length, bytes }
    pieces.push({ piece, at: length })
    length += bytes
    return place
  }

  /** Encodes texts into the one buffer: a buffer for each of them costs more than its copy. */
  function whole(): Buffer {
    const buffer = Buffer.allocUnsafe(length)
    for (const { piece, at } of pieces) {
      if (typeof piece === 'string') buffer.write(piece, at)
      else buffer.set(piece, at)
    }
    return buffer
  }

  return {
    put,
    /** The table `buffer`: one row with all slices. */
    table: (): RawBuilder<unknown> => sql`(SELECT ${whole()}::bytea AS whole) AS buffer`,
  }
}

/** The slice whose position is in two columns of a row. */
export function bytesAt(at: string, bytes: string): RawBuilder<Buffer> {
  return sql<Buffer>`substring(buffer.whole FROM ${sql.ref(at)} + 1 FOR ${sql.ref(bytes)})`
}

export function textAt(at: string, bytes: string): RawBuilder<string> {
  return sql<string>`convert_from(${bytesAt(at, bytes)}, 'UTF8')`
}
