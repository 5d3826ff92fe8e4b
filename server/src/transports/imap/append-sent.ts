import { AppError } from '../../kernel/errors.ts'
import type { MessageSending } from '../mail-transport.ts'
import { listFolders } from './folders.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

/**
 * Lays copies of what was sent into Sent. Done once and never again by itself: the first one may have come through
 * although nobody heard of it, and whoever asks looks before. Who stood still between that look and this finds out
 * afterwards that there is an older one, and takes its own away.
 */
export function appendSentBy(
  connections: MailboxConnections,
  sentFolder?: string,
): NonNullable<MessageSending['appendSent']> {
  return async (mime, at) => {
    const { path, uid } = await connections.use(
      'send',
      async (connection) => {
        const sent = (await listFolders(connection, { counted: false, sentFolder })).find(({ role }) => role === 'sent')
        if (!sent) throw new AppError('transports.no_sent_folder')
        return { path: sent.remoteId, uid: await connection.append(sent.remoteId, mime, ['\\Seen'], at) }
      },
      { once: true },
    )
    if (uid === undefined) return undefined
    return {
      removeIfSecond: (messageId) =>
        connections.use('send', async (connection) => {
          await connection.open(path)
          const uids = await connection.search({ header: { 'message-id': `<${messageId}>` }, deleted: false })
          // UIDs ascend (RFC 9051 §2.3.1.1): a smaller one was there before.
          if (uids.includes(uid) && uids.some((other) => other < uid)) await connection.remove(path, uid)
        }),
    }
  }
}
