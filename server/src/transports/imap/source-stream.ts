import { AppError } from '../../kernel/errors.ts'
import { fetchPart } from './bodies.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { readImapRemoteId } from './remote-ids.ts'

/** Size of a part. Other tasks of the mailbox wait for one part at most. */
const PIECE_BYTES = 1024 * 1024

/**
 * Streams the source of a message in parts, each requested after the previous one was consumed. Of a message over the
 * size limit, only one part is in memory.
 *
 * @throws {AppError} `transports.item_gone`; `transports.answer_too_large` as soon as `maxBytes` is exceeded
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
    // An empty part at the end is normal; at the start, it means that the message is gone.
    if (piece === undefined && start === 0) throw new AppError('transports.item_gone')
    if (piece !== undefined) {
      start += piece.length
      if (start > maxBytes) throw new AppError('transports.answer_too_large')
      if (piece.length > 0) yield piece
    }
    if (piece === undefined || piece.length < pieceBytes) return
  }
}
