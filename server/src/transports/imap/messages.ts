import { AppError } from '../../kernel/errors.ts'
import type { FolderRole, RemoteAttachment, RemoteFolder, RemoteMessage } from '../../mail/index.ts'
import type { Parser } from '../../mime/index.ts'
import type { Lane, ListedMessage, Sought } from '../mail-transport.ts'
import { fetchBodies, fetchSource, type BodiesOptions } from './bodies.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { OpenFolder } from './open-folder.ts'
import { listBySequence, listByUid } from './list-messages.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { imapRemoteId, readImapRemoteId, type UidInFolder } from './remote-ids.ts'
import { uidSet } from './uid-ranges.ts'

/** Maximum messages with the same Message-ID. If there are more, the Message-ID identifies none of them. */
const MOST_FOUND = 10
/** Folders in which moved mail is looked for, in this order. */
const WHERE_MAIL_GOES: readonly (FolderRole | undefined)[] = ['trash', 'archive', 'junk', 'inbox', 'sent']
const MOST_SEARCHED = 12

export interface MessagesDeps {
  connections: MailboxConnections
  bodies: BodiesOptions & { parser: Pick<Parser, 'part'> }
  /** Returns the folders as listed recently, or with `relist` after listing them again. */
  listFolders: (options?: { relist: boolean }) => Promise<RemoteFolder[]>
}

/** Requests for single messages and their parts. */
export function createMessages({ connections, bodies, listFolders }: MessagesDeps) {
  /** Opens the folder of a message, if its UIDVALIDITY is unchanged. */
  async function openFor(
    connection: ImapConnection,
    { path, uidValidity }: UidInFolder,
  ): Promise<OpenFolder | undefined> {
    const folder = await openIfThere(connection, path)
    return folder?.uidValidity === uidValidity ? folder : undefined
  }

  async function fetch(remoteId: string, lane: Lane = 'sync', sought?: Sought): Promise<RemoteMessage | undefined> {
    const id = readImapRemoteId(remoteId)
    if (!id) return undefined
    const found = await connections.use(lane, async (connection) => {
      const folder = await openFor(connection, id)
      const [listed] = folder ? await listByUid(connection, String(id.uid), 1) : []
      if (!folder || listed?.uid !== id.uid || listed.isDeleted) return undefined
      return (await fetchBodies(connection, folder, [listed], bodies))[0]
    })
    if (found || sought?.messageId === undefined) return found
    return findElsewhere(sought.messageId, id, sought.folderRemoteIds ?? [], lane)
  }

  /** Looks for a message that left its folder, in the synced folders first. */
  async function findElsewhere(messageId: string, left: UidInFolder, read: readonly string[], lane: Lane) {
    const roles = (await listFolders()).filter(({ role }) => WHERE_MAIL_GOES.includes(role))
    const paths = [...new Set([...read, ...roles.map(({ remoteId }) => remoteId)])].slice(0, MOST_SEARCHED)
    for (const path of paths) {
      const found = await findIn(path, messageId, lane)
      const other = found?.find(({ remoteId }) => remoteId !== imapRemoteId(left))
      if (other) return other
    }
    return undefined
  }

  /** Returns undefined if the folder does not exist. */
  const findIn = (path: string, messageId: string, lane: Lane) =>
    connections.use(lane, (connection) => findInFolder(connection, path, messageId, bodies))

  async function findByMessageId(messageId: string, where?: FolderRole): Promise<RemoteMessage[]> {
    const search = async (folders: readonly RemoteFolder[]) => {
      const wanted = folders.filter(({ role }) => (where ? role === where : role !== undefined))
      const found: (RemoteMessage[] | undefined)[] = []
      for (const { remoteId } of wanted) found.push(await findIn(remoteId, messageId, 'send'))
      return found
    }
    const found = await search(await listFolders())
    // A message counts as not sent if it is not found, so a folder that was renamed since is searched by its new name.
    return (found.includes(undefined) ? await search(await listFolders({ relist: true })) : found).flatMap(
      (one) => one ?? [],
    )
  }

  async function newest(path: string, limit: number): Promise<ListedMessage[]> {
    return connections.use('sync', async (connection) => {
      const folder = await connection.open(path)
      if (folder.exists < 1) return []
      const listed = await listBySequence(connection, Math.max(1, folder.exists - limit + 1), folder.exists)
      return listed
        .filter(({ isDeleted, flags }) => !isDeleted && !flags.includes('draft'))
        .map(({ uid, receivedAt }) => ({
          remoteId: imapRemoteId({ ...folder, uid }),
          receivedAt: receivedAt ?? new Date(0),
        }))
    })
  }

  async function source(remoteId: string, lane: Lane = 'sync'): Promise<Buffer | undefined> {
    const id = readImapRemoteId(remoteId)
    if (!id) return undefined
    const { largestBytes } = bodies.limits
    return connections.use(lane, async (connection) => {
      if (!(await openFor(connection, id))) return undefined
      const found = await fetchSource(connection, id.uid, largestBytes)
      if (found && found.length >= largestBytes) throw new AppError('transports.answer_too_large')
      return found
    })
  }

  async function listAttachments(remoteId: string): Promise<RemoteAttachment[]> {
    const found = await source(remoteId, 'send')
    if (!found) throw new AppError('transports.item_gone')
    return [...(await bodies.parser.parse(found, bodies.hints)).attachments]
  }

  async function* downloadAttachment(
    remoteId: string,
    part: string,
    { maxBytes }: { maxBytes: number },
  ): AsyncGenerator<Uint8Array> {
    const key = `imap ${connections.id} ${remoteId}`
    const bytes = await bodies.parser.part({ key, load: () => source(remoteId, 'send') }, part)
    if (!bytes) throw new AppError('transports.item_gone')
    if (bytes.length > maxBytes) throw new AppError('transports.attachment_too_large')
    yield bytes
  }

  return { fetch, findByMessageId, newest, source, listAttachments, downloadAttachment }
}

/** Finds messages of a folder by their Message-ID, newest first; undefined if the folder does not exist. */
export async function findInFolder(
  connection: ImapConnection,
  path: string,
  messageId: string,
  bodies: BodiesOptions,
): Promise<RemoteMessage[] | undefined> {
  if (/[\0\r\n]/.test(messageId)) return []
  const folder = await openIfThere(connection, path)
  if (!folder) return undefined
  if (folder.exists === 0) return []
  const uids = await searchByMessageId(connection, messageId)
  if (uids.length === 0) return []
  const newest = uids.toSorted((a, b) => b - a).slice(0, MOST_FOUND)
  const listed = (await listByUid(connection, uidSet(newest), newest.length)).filter(({ isDeleted }) => !isDeleted)
  // SEARCH matches substrings of the field (RFC 9051 §6.4.4).
  return (await fetchBodies(connection, folder, listed, bodies)).filter((each) => each.messageId === messageId)
}

/** Message-IDs of other forms may be refused by the server for what they contain. */
const SEARCHABLE = /^[\x21-\x7e]{1,250}$/

/**
 * UIDs of messages of the open folder. A refusal throws, because a message that is not found counts as not sent or as
 * deleted. Only an odd Message-ID then counts as not found, so that one message does not block its mailbox.
 */
export async function searchByMessageId(
  connection: ImapConnection,
  messageId: string,
  more: { deleted?: boolean } = {},
): Promise<number[]> {
  try {
    return await connection.search({ header: { 'message-id': `<${messageId}>` }, ...more })
  } catch (thrown) {
    const error = AppError.from(thrown)
    if (error.code === 'transports.imap_refused' && !SEARCHABLE.test(messageId)) return []
    throw error
  }
}

/** Opens a folder; returns undefined if it no longer exists. */
export async function openIfThere(connection: ImapConnection, path: string): Promise<OpenFolder | undefined> {
  try {
    return await connection.open(path)
  } catch (error) {
    const { code } = AppError.from(error)
    if (code === 'transports.item_gone' || (code === 'transports.imap_refused' && !connection.isClosed))
      return undefined
    throw error
  }
}
