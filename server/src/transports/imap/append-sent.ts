import { AppError } from '../../kernel/errors.ts'
import type { MessageSending } from '../mail-transport.ts'
import { listFolders } from './folders.ts'
import type { MailboxConnections } from './mailbox-connections.ts'

/**
 * Stores copies of sent messages in Sent. An APPEND is never repeated automatically, because the first one may have
 * succeeded although its response was lost; the caller searches before a repetition. A worker that stalled between
 * search and APPEND later finds an older copy and removes its own.
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
          // UIDs ascend (RFC 9051 §2.3.1.1), so a smaller one was stored earlier.
          if (uids.includes(uid) && uids.some((other) => other < uid)) await connection.remove(path, uid)
        }),
    }
  }
}
