import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId, type FolderId } from '../kernel/ids.ts'
import { cleanLine, type FolderRole, type RemoteFolder } from '../mail/index.ts'
import type { SyncedFolder } from './email-account.ts'
import { toSyncedFolder } from './rows.ts'
import type { EmailAccountsDeps } from './deps.ts'

/** Folders that are read by default. With Sent Items, replies written in Outlook join their conversations. */
export const READ_BY_DEFAULT: readonly (FolderRole | undefined)[] = ['inbox', 'sent']

export type Folders = ReturnType<typeof createFolders>

/** Stored folders of an account and the selection of those that are read. */
export function createFolders({
  database,
  clock,
  events,
  syncStates,
}: Pick<EmailAccountsDeps, 'database' | 'clock' | 'events' | 'syncStates'>) {
  async function list(id: EmailAccountId): Promise<SyncedFolder[]> {
    const rows = await database.db
      .selectFrom('folders')
      .selectAll()
      .select(syncStates.ofFolder.as('sync_state'))
      .where('email_account_id', '=', id)
      .orderBy('name')
      .execute()
    return rows.map(toSyncedFolder)
  }

  /**
   * Stores new names and new folders of the server. A folder is read when it was read before, when `chosen` contains
   * it, or by default when no choice was ever made. A deleted folder is detected when it is read.
   */
  async function takeOver(
    tx: Tx,
    id: EmailAccountId,
    remote: readonly RemoteFolder[],
    chosen?: readonly string[],
  ): Promise<void> {
    const known = await tx.selectFrom('folders').selectAll().where('email_account_id', '=', id).execute()
    const added: FolderId[] = []
    // Junk was only searched for replies, so its cursor has passed all other messages.
    const wholeNow: FolderId[] = []
    for (const { remoteId, path, role, totalCount } of remote) {
      const before = known.find((folder) => folder.remote_id === remoteId)
      const byDefault = known.length === 0 && READ_BY_DEFAULT.includes(role)
      const values = {
        name: path.map(cleanLine).join('/'),
        role: role ?? null,
        remote_total: totalCount,
        synced: chosen ? chosen.includes(remoteId) : (before?.synced ?? byDefault),
      }
      if (before) {
        await tx.updateTable('folders').set(values).where('id', '=', before.id).execute()
        if (values.synced && !before.synced) await syncStates.limitCompleteness(tx, before.id)
        if (role === 'junk' && values.synced && !before.synced) wholeNow.push(before.id)
      } else {
        const folderId = newId<FolderId>()
        await tx
          .insertInto('folders')
          .values({ id: folderId, email_account_id: id, remote_id: remoteId, ...values })
          .execute()
        added.push(folderId)
      }
    }
    await syncStates.addFolders(tx, added)
    await syncStates.importAgain(tx, wholeNow)
  }

  /** Deletes a folder that the server no longer has. Rooms that store its messages must be notified first. */
  async function forget(tx: Tx, folder: SyncedFolder): Promise<void> {
    await acceptAgain(tx, folder)
    await tx.deleteFrom('folders').where('id', '=', folder.id).execute()
    if (folder.synced) await lose(tx, folder.emailAccountId, folder.name)
    await events.append(tx, {
      kind: 'folder.removed',
      emailAccountId: folder.emailAccountId,
      subjectId: folder.id,
      payload: { name: folder.name },
      at: clock.now(),
    })
  }

  /**
   * Reports a folder that the server lists but refuses to open. The report is made once, until the folder is read again
   * or folders are chosen.
   */
  async function refuse(tx: Tx, { id, emailAccountId, name }: SyncedFolder): Promise<void> {
    const refused = { name, isRefused: true }
    const { numUpdatedRows } = await tx
      .updateTable('email_accounts')
      .set({ lost_folders: sql<string>`lost_folders || ${JSON.stringify({ ...refused, at: clock.now() })}::jsonb` })
      .where('id', '=', emailAccountId)
      .where(sql<boolean>`NOT lost_folders @> ${JSON.stringify([refused])}::jsonb`)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    await events.append(tx, {
      kind: 'folder.refused',
      emailAccountId,
      subjectId: id,
      payload: { name },
      at: clock.now(),
    })
  }

  /** Ends the report of a refused folder. */
  async function acceptAgain(tx: Tx, { emailAccountId, name }: SyncedFolder): Promise<void> {
    const refused = { name, isRefused: true }
    await tx
      .updateTable('email_accounts')
      .set({
        lost_folders: sql<string>`(SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements(lost_folders) AS one
          WHERE NOT one @> ${JSON.stringify(refused)}::jsonb)`,
      })
      .where('id', '=', emailAccountId)
      .where(sql<boolean>`lost_folders @> ${JSON.stringify([refused])}::jsonb`)
      .execute()
  }

  /** Continues to read a folder that was renamed on the server. It is read again, and known messages are recognized. */
  async function follow(tx: Tx, folder: SyncedFolder, { remoteId, path }: RemoteFolder): Promise<void> {
    await acceptAgain(tx, folder)
    await moveTo(tx, folder.id, folder.emailAccountId, remoteId)
    await tx
      .updateTable('email_accounts')
      .set({ sent_folder: remoteId })
      .where('id', '=', folder.emailAccountId)
      .where('sent_folder', '=', folder.remoteId)
      .execute()
    await events.append(tx, {
      kind: 'folder.renamed',
      emailAccountId: folder.emailAccountId,
      subjectId: folder.id,
      payload: { from: folder.name, name: path.map(cleanLine).join('/') },
      at: clock.now(),
    })
  }

  /**
   * Assigns a remote id to a folder. Another stored folder with that remote id is deleted. Without a remote id, the
   * folder is no longer read.
   */
  async function moveTo(tx: Tx, folderId: FolderId, id: EmailAccountId, remoteId: string | undefined): Promise<void> {
    if (remoteId !== undefined) {
      await tx
        .deleteFrom('folders')
        .where('email_account_id', '=', id)
        .where('remote_id', '=', remoteId)
        .where('id', '!=', folderId)
        .execute()
    }
    await tx
      .updateTable('folders')
      .set(remoteId === undefined ? { synced: false } : { remote_id: remoteId })
      .where('id', '=', folderId)
      .execute()
    await syncStates.readAgain(tx, folderId)
  }

  /**
   * Stops reading a selected folder without an admin's decision. This is an incident until an admin chooses folders
   * again.
   */
  async function lose(tx: Tx, id: EmailAccountId, name: string): Promise<void> {
    const lost = JSON.stringify({ name, at: clock.now() })
    await tx
      .updateTable('email_accounts')
      .set({ lost_folders: sql<string>`lost_folders || ${lost}::jsonb` })
      .where('id', '=', id)
      .execute()
  }

  /** Stores a selection of folders. Newly selected folders are imported; mail of deselected folders remains stored. */
  async function choose(
    tx: Tx,
    id: EmailAccountId,
    remote: readonly RemoteFolder[],
    chosen: readonly string[],
  ): Promise<void> {
    if (chosen.length === 0) throw new AppError('email_accounts.no_folder_chosen')
    if (chosen.some((one) => !remote.some(({ remoteId }) => remoteId === one))) {
      throw new AppError('email_accounts.no_such_folder')
    }
    await takeOver(tx, id, remote, chosen)
    await tx.updateTable('email_accounts').set({ lost_folders: '[]' }).where('id', '=', id).execute()
  }

  /** Reads all folders from the start, including older mail. Known messages are recognized. */
  async function readAgain(tx: Tx, id: EmailAccountId): Promise<void> {
    const rows = await tx.selectFrom('folders').select('id').where('email_account_id', '=', id).execute()
    await syncStates.importAgain(
      tx,
      rows.map((row) => row.id),
    )
  }

  /**
   * Switches the receive protocol of the mailbox, which changes the ids of its folders. Folders are matched by special
   * use or by name. Selected ones are read again from the start; known messages are recognized. An unmatched one is no
   * longer read, which is an incident; its mail remains stored. Other unmatched folders are deleted: their ids name
   * nothing, and the server may list the same folder as a new one.
   */
  async function crossOver(tx: Tx, id: EmailAccountId, remote: readonly RemoteFolder[]): Promise<void> {
    const known = await tx.selectFrom('folders').selectAll().where('email_account_id', '=', id).execute()
    const pathOf = ({ path }: RemoteFolder) => path.join('/').replaceAll('\0', '').toLowerCase()
    const taken = new Set<string>()
    // Selected folders first, and those with a special use before those that have only a name.
    const rankOf = ({ synced, role }: (typeof known)[number]) => (synced ? 0 : 2) + (role === null ? 1 : 0)
    for (const folder of known.toSorted((one, other) => rankOf(one) - rankOf(other))) {
      const free = remote.filter(({ remoteId }) => !taken.has(remoteId))
      const found =
        free.find(({ role }) => role !== undefined && role === folder.role) ??
        free.find((each) => folder.role === null && pathOf(each) === folder.name.toLowerCase())
      if (found) taken.add(found.remoteId)
      if (found || folder.synced) await moveTo(tx, folder.id, id, found?.remoteId)
      else await tx.deleteFrom('folders').where('id', '=', folder.id).execute()
      if (!found && folder.synced) await lose(tx, id, folder.name)
    }
    await takeOver(tx, id, remote)
  }

  return { list, takeOver, forget, follow, refuse, acceptAgain, choose, readAgain, crossOver }
}
