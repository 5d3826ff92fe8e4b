import type { Clock } from '../../kernel/clock.ts'
import type { RemoteFolder } from '../../mail/index.ts'
import type { ParseHints, Parser } from '../../mime/index.ts'
import type { ReadingTransport, WatchedFolder } from '../mail-transport.ts'
import { BODY_LIMITS, type BodyLimits } from './bodies.ts'
import { folderChanges } from './changes.ts'
import { forgetRecentFolders, listFolders, listRecentFolders } from './folders.ts'
import { folderInventory } from './inventory.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { createMessageChanges } from './message-changes.ts'
import { createMessages } from './messages.ts'
import { stateReadTo } from './place.ts'
import { renamedFolder } from './renamed-folder.ts'
import { streamSource } from './source-stream.ts'
import { isImapRemoteId } from './remote-ids.ts'

export interface ImapReadingOptions {
  /** Connections of this mailbox, shared in this process. */
  connections: MailboxConnections
  clock: Clock
  parser: Pick<Parser, 'parse' | 'part' | 'warmUp'>
  hints?: ParseHints
  limits?: Partial<BodyLimits>
  /** Path of the Sent folder, if one was selected. */
  sentFolder?: string | undefined
}

const statesOf = (folders: readonly WatchedFolder[]) =>
  folders.map(({ remoteId, readTo }) => ({ path: remoteId, read: readTo && stateReadTo(readTo) }))

/** Creates the transport for reading a mailbox by IMAP. */
export function createImapReading(options: ImapReadingOptions): ReadingTransport {
  const { connections, clock, parser, hints = {}, limits, sentFolder } = options
  const bodies = { parser, hints, now: () => clock.now(), limits: { ...BODY_LIMITS, ...limits } }
  const list = (): Promise<RemoteFolder[]> =>
    connections.use('sync', (connection) => listFolders(connection, { sentFolder }))
  /** Locating a message needs no counts. */
  const listUncounted = ({ relist } = { relist: false }) =>
    connections.use('sync', (connection) => {
      if (relist) forgetRecentFolders(connection)
      return listRecentFolders(connection, sentFolder)
    })
  const messages = createMessages({ connections, bodies, listFolders: listUncounted })
  return {
    protocol: 'imap',
    owns: isImapRemoteId,
    listFolders: list,
    changes: (path, cursor, options) => folderChanges({ connections, clock, bodies }, path, cursor, options),
    newest: messages.newest,
    inventory: (path, since) => folderInventory({ connections, bodies }, path, since),
    fetchMessage: messages.fetch,
    fetchSource: messages.source,
    streamSource: (remoteId, options) => streamSource(connections, remoteId, options),
    listAttachments: messages.listAttachments,
    downloadAttachment: messages.downloadAttachment,
    findByMessageId: messages.findByMessageId,
    changing: createMessageChanges(connections, bodies),
    renamedFolder: (cursor, evidence) => renamedFolder(connections, cursor, evidence),
    watch: (path, onHint, over, readTo, others) =>
      connections.watch(
        path,
        () => {
          parser.warmUp()
          onHint()
        },
        over,
        readTo && stateReadTo(readTo),
        others && (async () => statesOf(await others())),
      ),
    close: () => connections.close(),
  }
}
