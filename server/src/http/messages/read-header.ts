import type { MessageHead } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'
import { closeBytes } from './opened-bytes.ts'
import { streamSource } from './source-of.ts'

const MOST_BYTES = 256 * 1024

/** Header fields of a message, from its stored source or from its mail server. */
export async function readHeader(
  rooms: Pick<Rooms, 'conversations' | 'emailAccounts' | 'parser'>,
  message: MessageHead,
): Promise<{ name: string; value: string }[]> {
  const source = await streamSource(rooms, message)
  const fields = await rooms.parser.header(await beginning(source))
  if (!fields) throw new AppError('conversations.source_gone')
  return fields.map(({ name, value }) => ({ name, value }))
}

async function beginning(source: Buffer | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (Buffer.isBuffer(source)) return new Uint8Array(source.subarray(0, MOST_BYTES))
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of source) {
      pieces.push(piece)
      size += piece.length
      if (size >= MOST_BYTES) break
    }
  } finally {
    await closeBytes(source)
  }
  return new Uint8Array(Buffer.concat(pieces).subarray(0, MOST_BYTES))
}
