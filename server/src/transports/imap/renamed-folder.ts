import type { Cursor, RenameEvidence } from '../mail-transport.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { OpenFolder } from './open-folder.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { openIfThere, searchByMessageId } from './messages.ts'
import { parseCursor, type MessagePosition } from './place.ts'
import { readImapRemoteId } from './remote-ids.ts'
import { uidSet } from './uid-ranges.ts'

/** Maximum folders compared; each costs one or two commands. */
const MOST_CANDIDATES = 50
const MOST_SAMPLED = 5

/**
 * Finds a folder under its new name. A MAILBOXID decides (RFC 8474 §4.1). Without one, the content decides: messages
 * with the known Message-IDs at the known UIDs of the same UIDVALIDITY. In a new folder, all sampled Message-IDs
 * suffice.
 */
export async function renamedFolder(
  connections: MailboxConnections,
  cursor: Cursor,
  { candidates, sample }: RenameEvidence,
): Promise<string | undefined> {
  const place = parseCursor(cursor)
  if (!place) return undefined
  const sampled = sample.slice(0, MOST_SAMPLED).flatMap(({ remoteId, messageId }) => {
    const read = readImapRemoteId(remoteId)
    return read ? [{ uid: read.uid, uidValidity: read.uidValidity, messageId }] : []
  })
  for (const { remoteId, isNew } of candidates.slice(0, MOST_CANDIDATES)) {
    const isSame = await connections.use('sync', async (connection) => {
      const folder = await openIfThere(connection, remoteId)
      return folder !== undefined && isSameFolder(connection, folder, { place, sampled, isNew })
    })
    if (isSame) return remoteId
  }
  return undefined
}

interface Known {
  place: MessagePosition
  sampled: readonly { uid: number; uidValidity: number; messageId: string }[]
  isNew: boolean
}

async function isSameFolder(
  connection: ImapConnection,
  folder: OpenFolder,
  { place, sampled, isNew }: Known,
): Promise<boolean> {
  if (place.mailboxId !== undefined && folder.mailboxId !== undefined) return place.mailboxId === folder.mailboxId
  if (folder.exists === 0 || sampled.length === 0) return false
  if (folder.uidValidity === place.uidValidity && folder.uidNext >= place.next) {
    const known = new Map(
      sampled.filter((each) => each.uidValidity === folder.uidValidity).map((each) => [each.uid, each]),
    )
    let met = 0
    let others = 0
    if (known.size > 0) {
      await connection.fetch(uidSet([...known.keys()]), { uid: true, envelope: true }, { byUid: true }, (row) => {
        const one = known.get(row.uid)
        if (one && row.envelope?.messageId === `<${one.messageId}>`) met++
        else others++
      })
    }
    return met > 0 && others === 0
  }
  if (!isNew) return false
  for (const { messageId } of sampled) {
    const found = await searchByMessageId(connection, messageId)
    if (found.length === 0) return false
  }
  return true
}
