import { AppError } from '../../kernel/errors.ts'
import type { ChangeOutcome, ChangeOutcomes, MessageChanges } from '../mail-transport.ts'
import type { BodiesOptions } from './bodies.ts'
import type { ImapConnection } from './imap-connection.ts'
import type { MailboxConnections } from './mailbox-connections.ts'
import { findInFolder, openIfThere } from './messages.ts'
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
 * effect on messages that have left the folder. A moved message whose new UID was not stored is found by its Message-ID.
 */
export function createMessageChanges(connections: MailboxConnections, bodies: BodiesOptions): MessageChanges {
  async function changeEach(
    remoteIds: readonly string[],
    end: AbortSignal | undefined,
    change: (connection: ImapConnection, folder: UidsOfFolder, outcomes: Outcomes) => Promise<void>,
  ): Promise<ChangeOutcomes> {
    const outcomes: Outcomes = new Map()
    for (const folder of byFolder(remoteIds)) {
      if (end?.aborted) break
      const progress = { isConnected: false }
      try {
        await connections.use('sync', async (connection) => {
          progress.isConnected = true
          const opened = await openIfThere(connection, folder.path)
          // A renumbered folder is read again, which gives its messages other ids.
          if (opened?.uidValidity === folder.uidValidity) await change(connection, folder, outcomes)
        })
      } catch (thrown) {
        const error = AppError.from(thrown)
        const left = [...folder.remoteIds.values()].filter((remoteId) => !outcomes.has(remoteId))
        if (!progress.isConnected || !isOfOneFolder(error)) return { outcomes, stoppedBy: error, stoppedAt: left }
        for (const remoteId of left) outcomes.set(remoteId, { kind: 'failed', error })
      }
    }
    return { outcomes }
  }

  return {
    markSeen: (remoteIds, isSeen, end) =>
      changeEach(remoteIds, end, async (connection, folder, outcomes) => {
        await connection.storeSeen(folder, uidSet([...folder.remoteIds.keys()]), isSeen)
        for (const remoteId of folder.remoteIds.values()) outcomes.set(remoteId, { kind: 'done', remoteId })
      }),

    move: (remoteIds, { from, to, messageIds }, end) =>
      changeEach(remoteIds, end, async (connection, folder, outcomes) => {
        const { path, remoteIds: ids } = folder
        // Sync has met them where another program put them.
        if (path !== from && path !== to) {
          for (const remoteId of ids.values()) outcomes.set(remoteId, { kind: 'elsewhere' })
          return
        }
        const found = new Set(await connection.search({ uid: uidSet([...ids.keys()]), deleted: false }))
        const present = [...ids.keys()].filter((uid) => found.has(uid))
        // A move within a folder would only give the messages other UIDs.
        if (path === to)
          for (const uid of present) outcomes.set(ids.get(uid)!, { kind: 'done', remoteId: ids.get(uid) })
        else if (present.length > 0) await movePresent(connection, { folder, present, to }, outcomes)
        for (const remoteId of ids.values()) {
          if (!outcomes.has(remoteId)) outcomes.set(remoteId, await findMoved(connection, to, messageIds.get(remoteId)))
        }
      }),
  }

  /** Postkey's own move, if its end was not stored; else that of another program. */
  async function findMoved(
    connection: ImapConnection,
    to: string,
    messageId: string | undefined,
  ): Promise<ChangeOutcome> {
    if (messageId === undefined) return { kind: 'elsewhere' }
    const found = await findInFolder(connection, to, messageId, bodies)
    if (!found && (await isThere(connection, to))) throw new AppError('transports.imap_refused')
    return found?.[0] ? { kind: 'done', remoteId: found[0].remoteId } : { kind: 'elsewhere' }
  }
}

async function movePresent(
  connection: ImapConnection,
  { folder, present, to }: { folder: UidsOfFolder; present: readonly number[]; to: string },
  outcomes: Outcomes,
): Promise<void> {
  if (!connection.can('MOVE')) throw new AppError('transports.imap_no_move')
  if (!(await isThere(connection, to))) throw new AppError('transports.target_folder_gone')
  const moved = await connection.move(folder, uidSet(present), to).catch((thrown: unknown) => {
    const error = AppError.from(thrown)
    // Deleted since (RFC 6851 §4.1).
    if (error.upstream?.code !== 'TRYCREATE') throw error
    throw new AppError('transports.target_folder_gone', { cause: error, upstream: error.upstream })
  })
  for (const uid of present) {
    const newUid = moved?.uids.get(uid)
    // Left out of the report: another program was faster.
    if (moved && newUid === undefined) continue
    const remoteId = moved && newUid !== undefined ? imapRemoteId({ ...moved, uid: newUid, path: to }) : undefined
    outcomes.set(folder.remoteIds.get(uid)!, { kind: 'done', remoteId })
  }
}

/** A command that the server refused, such as one without the right for the folder. Other folders may allow it. */
function isOfOneFolder({ code, upstream }: AppError): boolean {
  return code === 'transports.imap_refused' || code === 'transports.item_gone' || upstream?.code === 'NOPERM'
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
    // A refusal for another reason says nothing of the folder.
    await connection.stateOf(path)
    return true
  } catch (thrown) {
    if (AppError.from(thrown).code === 'transports.item_gone') return false
    throw thrown
  }
}
