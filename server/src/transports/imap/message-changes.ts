import { AppError } from '../../kernel/errors.ts'
import type { ChangeOutcome, ChangeOutcomes, MessageChanges } from '../mail-transport.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { openIfThere } from './messages.ts'
import { imapRemoteId, readImapRemoteId, type UidInFolder } from './remote-ids.ts'
import { uidSet } from './uid-ranges.ts'

interface UidsOfFolder {
  path: string
  uidValidity: number
  /** By UID. */
  remoteIds: Map<number, string>
}

/**
 * Changes messages with one command per folder. A UID never returns (RFC 9051 §2.3.1.1), so a repeated command has no
 * effect on messages that have left the folder.
 */
export function createMessageChanges(connections: MailboxConnections): MessageChanges {
  async function changeEach(
    remoteIds: readonly string[],
    change: (connection: ImapConnection, folder: UidsOfFolder, outcomes: Outcomes) => Promise<void>,
  ): Promise<ChangeOutcomes> {
    const outcomes: Outcomes = new Map()
    for (const folder of byFolder(remoteIds)) {
      try {
        await connections.use('sync', async (connection) => {
          const opened = await openIfThere(connection, folder.path)
          // A renumbered folder is read again, which gives its messages other ids.
          if (opened?.uidValidity === folder.uidValidity) await change(connection, folder, outcomes)
        })
      } catch (thrown) {
        return { outcomes, stoppedBy: AppError.from(thrown) }
      }
    }
    return { outcomes }
  }

  return {
    markSeen: (remoteIds, isSeen) =>
      changeEach(remoteIds, async (connection, { path, remoteIds: ids }, outcomes) => {
        await connection.storeSeen(path, uidSet([...ids.keys()]), isSeen)
        for (const remoteId of ids.values()) outcomes.set(remoteId, { kind: 'done', remoteId })
      }),

    move: (remoteIds, { to }) =>
      changeEach(remoteIds, async (connection, { path, remoteIds: ids }, outcomes) => {
        // A move within a folder would only give the messages other UIDs.
        if (path === to) {
          for (const remoteId of ids.values()) outcomes.set(remoteId, { kind: 'done', remoteId })
          return
        }
        if (!connection.can('MOVE')) throw new AppError('transports.imap_no_move')
        if (!(await isThere(connection, to))) throw new AppError('transports.target_folder_gone')
        const found = new Set(await connection.search({ uid: uidSet([...ids.keys()]) }))
        for (const [uid, remoteId] of ids) if (!found.has(uid)) outcomes.set(remoteId, { kind: 'elsewhere' })
        const present = [...ids.keys()].filter((uid) => found.has(uid))
        if (present.length === 0) return
        const moved = await connection.move(path, uidSet(present), to)
        for (const uid of present) {
          const newUid = moved?.uids.get(uid)
          const isReported = moved !== undefined && newUid !== undefined
          const remoteId = isReported ? imapRemoteId({ ...moved, uid: newUid, path: to }) : undefined
          outcomes.set(ids.get(uid)!, { kind: 'done', remoteId })
        }
      }),
  }
}

type Outcomes = Map<string, ChangeOutcome>

function byFolder(remoteIds: readonly string[]): UidsOfFolder[] {
  const folders = new Map<string, UidsOfFolder>()
  for (const remoteId of remoteIds) {
    const { path, uidValidity, uid }: Partial<UidInFolder> = readImapRemoteId(remoteId) ?? {}
    if (path === undefined || uidValidity === undefined || uid === undefined) continue
    const key = `${uidValidity}:${path}`
    const folder = folders.get(key) ?? { path, uidValidity, remoteIds: new Map<number, string>() }
    folder.remoteIds.set(uid, remoteId)
    folders.set(key, folder)
  }
  return [...folders.values()]
}

async function isThere(connection: ImapConnection, path: string): Promise<boolean> {
  try {
    return (await connection.stateOf(path)) !== undefined
  } catch (thrown) {
    if (AppError.from(thrown).code === 'transports.item_gone') return false
    throw thrown
  }
}
