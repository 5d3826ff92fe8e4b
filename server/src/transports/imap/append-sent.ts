import { AppError } from '../../kernel/errors.ts'
import type { MessageSending } from '../mail-transport.ts'
import { listFolders } from './folders.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

/**
 * Lays copies of what was sent into Sent. Done once and never again by itself: the first one may have come through
 * although nobody heard of it, and whoever asks looks before.
 */
export function appendSentBy(connections: MailboxConnections): NonNullable<MessageSending['appendSent']> {
  return (mime, at) =>
    connections.use(
      'send',
      async (connection) => {
        const sent = (await listFolders(connection, { counted: false })).find(({ role }) => role === 'sent')
        if (!sent) throw new AppError('transports.no_sent_folder')
        await connection.append(sent.remoteId, mime, ['\\Seen'], at)
      },
      { once: true },
    )
}
