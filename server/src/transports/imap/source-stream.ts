import { AppError } from '../../kernel/errors.ts'
import { fetchPart } from './bodies.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { readImapRemoteId } from './remote-ids.ts'

/** Whoever else wants something of the mailbox waits for no more than such a piece. */
const PIECE_BYTES = 1024 * 1024

/**
 * The source of a message piece by piece, each asked for when the one before was taken: of a message that is too large to
 * be kept, only a piece is ever in memory.
 *
 * @throws {AppError} `transports.item_gone`; `transports.answer_too_large` as soon as there are more than `maxBytes`
 */
export async function* streamSource(
  connections: MailboxConnections,
  remoteId: string,
  { maxBytes, pieceBytes = PIECE_BYTES }: { maxBytes: number; pieceBytes?: number },
): AsyncGenerator<Uint8Array> {
  const id = readImapRemoteId(remoteId)
  if (!id) throw new AppError('transports.item_gone')
  for (let start = 0; ;) {
    const piece = await connections.use('send', async (connection) => {
      const folder = await connection.open(id.path)
      if (folder.uidValidity !== id.uidValidity) throw new AppError('transports.item_gone')
      return fetchPart(connection, id.uid, { start, maxLength: pieceBytes })
    })
    // At its very end there is nothing; at its beginning that means that there is no message.
    if (piece === undefined && start === 0) throw new AppError('transports.item_gone')
    if (piece !== undefined) {
      start += piece.length
      if (start > maxBytes) throw new AppError('transports.answer_too_large')
      if (piece.length > 0) yield piece
    }
    if (piece === undefined || piece.length < pieceBytes) return
  }
}
