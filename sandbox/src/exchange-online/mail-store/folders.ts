import type { Database } from '../../kernel/database.ts'
import type { Directory } from '../../tenants/index.ts'
import { folderRestId } from './exchange-ids.ts'
import { folderNames } from './folder-names.ts'
import { type Folder, type FolderCounts, WELL_KNOWN_FOLDERS, type WellKnownFolder } from './mail-objects.ts'
import { MailStoreError } from './mail-store-error.ts'

/** @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits */
const DEEPEST = 300
const LONGEST_NAME = 255

interface Row {
  number: number
  id: string
  mailbox_id: string
  parent_id: string | null
  well_known_name: WellKnownFolder | null
  display_name: string
  is_hidden: number
}

export type Folders = ReturnType<typeof createFolders>

/**
 * Manages the folders of all mailboxes. A mailbox gets its well-known folders on first access, named in its owner's
 * language.
 */
export function createFolders(database: Database, { people }: Directory) {
  function find(mailboxId: string, idOrWellKnownName: string): Folder | undefined {
    ensureMailbox(mailboxId)
    const wellKnown = database.get<Row>(
      'SELECT * FROM folders WHERE mailbox_id = ? AND well_known_name = ?',
      mailboxId,
      idOrWellKnownName.toLowerCase(),
    )
    if (wellKnown) return toFolder(wellKnown)
    const folder = findById(idOrWellKnownName)
    return folder?.mailboxId === mailboxId ? folder : undefined
  }

  function findById(id: string): Folder | undefined {
    const row = database.get<Row>('SELECT * FROM folders WHERE id = ?', id)
    return row && toFolder(row)
  }

  function get(id: string): Folder {
    const folder = findById(id)
    if (!folder) throw new MailStoreError('not-found', 'no such folder')
    return folder
  }

  function numberOf(id: string): number {
    const row = database.get<{ number: number }>('SELECT number FROM folders WHERE id = ?', id)
    if (!row) throw new MailStoreError('not-found', 'no such folder')
    return row.number
  }

  function wellKnown(mailboxId: string, name: WellKnownFolder): Folder {
    const folder = find(mailboxId, name)
    if (!folder) throw new MailStoreError('not-found', 'no such mailbox')
    return folder
  }

  function list(mailboxId: string, parentFolderId?: string): Folder[] {
    const parent = parentFolderId ?? find(mailboxId, 'msgfolderroot')?.id
    if (parent === undefined) return []
    return database
      .all<Row>(
        'SELECT * FROM folders WHERE mailbox_id = ? AND parent_id = ? ORDER BY name_key, number',
        mailboxId,
        parent,
      )
      .map(toFolder)
  }

  function countsOf(folderId: string): FolderCounts {
    const counts = database.get<FolderCounts>(
      `SELECT (SELECT COUNT(*) FROM messages WHERE folder_id = f.id) AS totalItemCount,
              (SELECT COUNT(*) FROM messages WHERE folder_id = f.id AND is_read = 0) AS unreadItemCount,
              (SELECT COUNT(*) FROM folders WHERE parent_id = f.id AND is_hidden = 0) AS childFolderCount
       FROM folders f WHERE f.id = ?`,
      folderId,
    )
    return counts ? { ...counts } : { totalItemCount: 0, unreadItemCount: 0, childFolderCount: 0 }
  }

  function add(mailboxId: string, parentFolderId: string, displayName: string, isHidden: boolean): Folder {
    const parent = find(mailboxId, parentFolderId)
    if (!parent) throw new MailStoreError('not-found', 'no such folder')
    checkName(displayName)
    checkVacant(parent.id, displayName)
    if (levelsAbove(parent.id) + 1 > DEEPEST) throw new MailStoreError('folder-too-deep', 'folders nest 300 deep')
    return insert(mailboxId, parent.id, displayName, undefined, isHidden)
  }

  function rename(folderId: string, displayName: string): void {
    const folder = get(folderId)
    refuseWellKnown(folder)
    checkName(displayName)
    checkVacant(folder.parentFolderId, displayName, folder.id)
    database.run(
      'UPDATE folders SET display_name = ?, name_key = ? WHERE id = ?',
      displayName,
      keyOf(displayName),
      folderId,
    )
  }

  function move(folderId: string, newParentId: string): void {
    refuseWellKnown(get(folderId))
    const parent = checkPlace(folderId, newParentId, folderId)
    database.run('UPDATE folders SET parent_id = ? WHERE id = ?', parent.id, folderId)
  }

  /** Copies the folder and its descendants, without messages. Returns pairs of a folder and its copy, parents first. */
  function copy(folderId: string, newParentId: string): [from: Folder, to: Folder][] {
    const parent = checkPlace(folderId, newParentId)
    const copies = new Map<string, Folder>()
    return subtree(folderId).map((id) => {
      const from = get(id)
      const above = (id !== folderId && copies.get(from.parentFolderId ?? '')) || parent
      const to = insert(from.mailboxId, above.id, from.displayName, undefined, from.isHidden)
      copies.set(id, to)
      return [from, to]
    })
  }

  /** Checks that the folder, or its copy, may be below the parent. `except` is the folder that leaves its place. */
  function checkPlace(folderId: string, newParentId: string, except?: string): Folder {
    const folder = get(folderId)
    const parent = get(newParentId)
    if (parent.mailboxId !== folder.mailboxId) throw new MailStoreError('not-found', 'no such folder')
    if (subtree(folderId).includes(parent.id))
      throw new MailStoreError('folder-inside-itself', 'a folder inside itself')
    checkVacant(parent.id, folder.displayName, except)
    if (levelsAbove(parent.id) + levelsBelow(folderId) > DEEPEST) {
      throw new MailStoreError('folder-too-deep', 'folders nest 300 deep')
    }
    return parent
  }

  /** The folder and its descendants, the deepest last. */
  function subtree(folderId: string): string[] {
    return database
      .all<{ id: string }>(
        `WITH RECURSIVE tree (id, depth) AS (
           VALUES (?, 0) UNION ALL SELECT f.id, depth + 1 FROM folders f JOIN tree ON f.parent_id = tree.id
         ) SELECT id FROM tree ORDER BY depth`,
        folderId,
      )
      .map(({ id }) => id)
  }

  function levelsBelow(folderId: string): number {
    return database.get<{ levels: number }>(
      `WITH RECURSIVE tree (id, depth) AS (
         VALUES (?, 1) UNION ALL SELECT f.id, depth + 1 FROM folders f JOIN tree ON f.parent_id = tree.id
       ) SELECT MAX(depth) AS levels FROM tree`,
      folderId,
    )!.levels
  }

  /** Depth of a folder; the root is level 0. */
  function levelsAbove(folderId: string): number {
    return database.get<{ levels: number }>(
      `WITH RECURSIVE path (id) AS (
         SELECT parent_id FROM folders WHERE id = ?
         UNION ALL SELECT f.parent_id FROM folders f JOIN path ON f.id = path.id
       ) SELECT COUNT(id) AS levels FROM path`,
      folderId,
    )!.levels
  }

  function remove(folderId: string): void {
    database.run('DELETE FROM folders WHERE id = ?', folderId)
  }

  function ensureMailbox(mailboxId: string): void {
    const known = database.get('SELECT 1 FROM folders WHERE mailbox_id = ? LIMIT 1', mailboxId)
    if (known || !people.findMailbox(mailboxId)) return
    const names = folderNames(people.findUser(mailboxId)?.preferredLanguage ?? '')
    database.transaction(() => {
      const root = insert(mailboxId, null, names.msgfolderroot, 'msgfolderroot', false)
      for (const name of WELL_KNOWN_FOLDERS) {
        if (name === 'msgfolderroot') continue
        // No mail client shows Recoverable Items, so it is outside of the visible tree.
        const outside = name === 'recoverableitemsdeletions'
        insert(mailboxId, outside ? null : root.id, names[name], name, outside)
      }
    })
  }

  function insert(
    mailboxId: string,
    parentId: string | null,
    displayName: string,
    wellKnownName: WellKnownFolder | undefined,
    isHidden: boolean,
  ): Folder {
    return database.transaction(() => {
      const { lastInsertRowid: number } = database.run(
        `INSERT INTO folders (id, mailbox_id, parent_id, well_known_name, display_name, name_key, is_hidden)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        `being made ${mailboxId}`,
        mailboxId,
        parentId,
        wellKnownName ?? null,
        displayName,
        keyOf(displayName),
        Number(isHidden),
      )
      const id = folderRestId(mailboxId, number)
      database.run('UPDATE folders SET id = ? WHERE number = ?', id, number)
      return get(id)
    })
  }

  function checkVacant(parentId: string | undefined, displayName: string, except?: string): void {
    const other = database.get<{ id: string }>(
      'SELECT id FROM folders WHERE parent_id = ? AND name_key = ?',
      parentId ?? null,
      keyOf(displayName),
    )
    if (other && other.id !== except) {
      throw new MailStoreError('folder-exists', 'A folder with the specified name already exists.')
    }
  }

  return { find, get, numberOf, wellKnown, list, countsOf, add, rename, move, copy, subtree, remove }
}

function checkName(displayName: string): void {
  if (displayName.trim() === '' || displayName.length > LONGEST_NAME || /[\u0000-\u001f\u007f]/.test(displayName)) {
    throw new MailStoreError('folder-name-invalid', 'a folder name has 1 to 255 characters')
  }
}

function refuseWellKnown(folder: Folder): void {
  if (folder.wellKnownName) throw new MailStoreError('folder-well-known', 'Distinguished folders stay as they are.')
}

/** Comparison key: Exchange treats names that differ only in case as equal. */
function keyOf(displayName: string): string {
  return displayName.normalize('NFC').toLowerCase()
}

function toFolder(row: Row): Folder {
  return {
    id: row.id,
    mailboxId: row.mailbox_id,
    parentFolderId: row.parent_id ?? undefined,
    wellKnownName: row.well_known_name ?? undefined,
    displayName: row.display_name,
    isHidden: row.is_hidden === 1,
  }
}
