import type { Database } from '../../kernel/database.ts'
import { MailStoreError } from './mail-store-error.ts'

/** IMAP-only properties of a message. Outlook stores the answer as the last verb, and the others not at all. */
export interface ImapMarks {
  isAnswered: boolean
  isDeleted: boolean
  /** `$MDNSent`, the only keyword that Exchange stores. */
  isMdnSent: boolean
}

/** A message as IMAP lists it, without content. */
export interface ImapEntry extends ImapMarks {
  key: number
  folderId: string
  uid: number
  isRead: boolean
  isFlagged: boolean
  isDraft: boolean
  receivedAt: number
  /** Changes with every update. */
  changeKey: string
  internetMessageId: string
  /** Exchange's estimate. */
  sizeBytes: number
}

/** UIDVALIDITY and next UID of a folder. @see RFC 3501 §2.3.1.1 */
export interface UidState {
  uidValidity: number
  uidNext: number
  /** Time of the last renumbering, in milliseconds since the epoch; 0 for never. */
  renewedAt: number
}

export const LARGEST_UID = 0xffff_ffff
const LAST_VALIDITY = 'mail_store.uid_validity'

interface Row {
  key: number
  folder_id: string
  uid: number
  is_answered: number
  is_deleted: number
  is_mdn_sent: number
  is_read: number
  is_draft: number
  flag_status: string
  received_at: number
  change_key: string
  internet_message_id: string
  size_bytes: number
}

const ENTRY = `SELECT u.message_key AS key, u.folder_id, u.uid, u.is_answered, u.is_deleted, u.is_mdn_sent,
    m.is_read, m.is_draft, m.flag_status, m.received_at, m.change_key, m.internet_message_id,
    m.size_bytes
  FROM message_uids u JOIN messages m ON m.key = u.message_key`

export type Uids = ReturnType<typeof createUids>

/**
 * Manages IMAP UIDs: per folder, ascending, never used twice. A message that enters a folder by any protocol gets a new
 * one. A folder created again under an old name has a new UIDVALIDITY.
 */
export function createUids(database: Database) {
  /** Folders whose messages all have UIDs. Messages of files older than these tables may have none yet. */
  const complete = new Set<string>()

  function state(folderId: string): UidState {
    completeFolder(folderId)
    return read(folderId)!
  }

  function read(folderId: string): UidState | undefined {
    return database.get<UidState>(
      `SELECT uid_validity AS uidValidity, uid_next AS uidNext, renewed_at AS renewedAt
       FROM folder_uids WHERE folder_id = ?`,
      folderId,
    )
  }

  function completeFolder(folderId: string): void {
    if (complete.has(folderId)) return
    database.transaction(() => {
      begin(folderId)
      const without = database.all<{ key: number }>(
        `SELECT key FROM messages m WHERE folder_id = ?
           AND NOT EXISTS (SELECT 1 FROM message_uids u WHERE u.message_key = m.key) ORDER BY key`,
        folderId,
      )
      for (const { key } of without) place(folderId, key)
    })
    complete.add(folderId)
  }

  function begin(folderId: string): void {
    if (read(folderId)) return
    database.run('INSERT INTO folder_uids VALUES (?, ?, 1, 0)', folderId, nextValidity())
  }

  function nextValidity(): number {
    const next = Number(database.setting(LAST_VALIDITY) ?? 0) + 1
    database.setSetting(LAST_VALIDITY, String(next))
    return next
  }

  /** Assigns a UID to a message that entered a folder; called inside the transaction. */
  function place(folderId: string, key: number): void {
    begin(folderId)
    if (read(folderId)!.uidNext >= LARGEST_UID) renew(folderId, 0, 1)
    const { uid } = database.get<{ uid: number }>(
      'UPDATE folder_uids SET uid_next = uid_next + 1 WHERE folder_id = ? RETURNING uid_next - 1 AS uid',
      folderId,
    )!
    database.run(
      `INSERT INTO message_uids (message_key, folder_id, uid, is_answered, is_deleted, is_mdn_sent)
       VALUES (?, ?, ?, 0, 0, 0)
       ON CONFLICT (message_key) DO UPDATE SET folder_id = excluded.folder_id, uid = excluded.uid`,
      key,
      folderId,
      uid,
    )
  }

  /** Sets a new UIDVALIDITY and renumbers all messages, starting at `firstUid`. */
  function renew(folderId: string, at: number, firstUid: number): void {
    database.transaction(() => {
      begin(folderId)
      const rows = database.all<{ key: number }>(
        'SELECT message_key AS key FROM message_uids WHERE folder_id = ? ORDER BY uid',
        folderId,
      )
      // Negated first, because old and new UIDs overlap.
      database.run('UPDATE message_uids SET uid = -uid WHERE folder_id = ?', folderId)
      const first = Math.max(1, Math.min(firstUid, LARGEST_UID - 1 - rows.length))
      rows.forEach(({ key }, i) => {
        database.run('UPDATE message_uids SET uid = ? WHERE message_key = ?', first + i, key)
      })
      database.run(
        'UPDATE folder_uids SET uid_validity = ?, uid_next = ?, renewed_at = ? WHERE folder_id = ?',
        nextValidity(),
        first + rows.length,
        at,
        folderId,
      )
    })
  }

  /** UIDs in ascending order. */
  function list(folderId: string, afterUid = 0): { key: number; uid: number }[] {
    completeFolder(folderId)
    return database.all<{ key: number; uid: number }>(
      'SELECT message_key AS key, uid FROM message_uids WHERE folder_id = ? AND uid > ? ORDER BY uid',
      folderId,
      afterUid,
    )
  }

  function entry(key: number): ImapEntry | undefined {
    const row = database.get<Row>(`${ENTRY} WHERE u.message_key = ?`, key)
    return row && toEntry(row)
  }

  function firstUnread(folderId: string): number | undefined {
    return database.get<{ uid: number }>(
      `SELECT u.uid FROM message_uids u JOIN messages m ON m.key = u.message_key
       WHERE u.folder_id = ? AND m.is_read = 0 ORDER BY u.uid LIMIT 1`,
      folderId,
    )?.uid
  }

  /** Sets the marks of a message; true if any of them changed. */
  function setMarks(key: number, marks: Partial<ImapMarks>): boolean {
    const have = entry(key)
    if (!have) throw new MailStoreError('not-found', 'no such message')
    const wanted = { ...have, ...marks }
    return (
      database.run(
        `UPDATE message_uids SET is_answered = ?1, is_deleted = ?2, is_mdn_sent = ?3
         WHERE message_key = ?4 AND (is_answered <> ?1 OR is_deleted <> ?2 OR is_mdn_sent <> ?3)`,
        Number(wanted.isAnswered),
        Number(wanted.isDeleted),
        Number(wanted.isMdnSent),
        key,
      ).changes > 0
    )
  }

  /** Copies the marks of a message to its copy. */
  function copyMarks(fromKey: number, toKey: number): void {
    const marks = entry(fromKey)
    if (marks) setMarks(toKey, { isAnswered: marks.isAnswered, isMdnSent: marks.isMdnSent })
  }

  function forget(folderId: string): void {
    database.run('DELETE FROM folder_uids WHERE folder_id = ?', folderId)
  }

  return { state, place, renew, list, entry, firstUnread, setMarks, copyMarks, forget }
}

function toEntry(row: Row): ImapEntry {
  return {
    key: row.key,
    folderId: row.folder_id,
    uid: row.uid,
    isAnswered: row.is_answered === 1,
    isDeleted: row.is_deleted === 1,
    isMdnSent: row.is_mdn_sent === 1,
    isRead: row.is_read === 1,
    isFlagged: row.flag_status === 'flagged',
    isDraft: row.is_draft === 1,
    receivedAt: row.received_at,
    changeKey: row.change_key,
    internetMessageId: row.internet_message_id,
    sizeBytes: row.size_bytes,
  }
}
