import { AppError } from '../../kernel/errors.ts'
import type { MessageSending } from '../mail-transport.ts'
import { forgetRecentFolders, listRecentFolders } from './folders.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { searchByMessageId } from './messages.ts'
import { imapRemoteId } from './remote-ids.ts'

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
    const { path, laid } = await connections.use(
      'send',
      async (connection) => {
        try {
          const sent = (await listRecentFolders(connection, sentFolder)).find(({ role }) => role === 'sent')
          if (!sent) throw new AppError('transports.no_sent_folder')
          return { path: sent.remoteId, laid: await connection.append(sent.remoteId, mime, ['\\Seen'], at) }
        } catch (error) {
          forgetRecentFolders(connection)
          throw error
        }
      },
      { once: true },
    )
    if (laid === undefined) return undefined
    const { uid, uidValidity } = laid
    return {
      remoteId: imapRemoteId({ uid, uidValidity, path }),
      removeIfSecond: (messageId) =>
        connections.use('send', async (connection) => {
          const folder = await connection.open(path)
          const uids = await searchByMessageId(connection, messageId, { deleted: false })
          // UIDs ascend (RFC 9051 §2.3.1.1), so a smaller one was stored earlier.
          if (uids.includes(uid) && uids.some((other) => other < uid)) await connection.remove(folder, uid)
        }),
    }
  }
}
