import type { Database } from '../../kernel/database.ts'
import type { Change } from './mail-objects.ts'

/**
 * Log of all message changes, in order. Entries are written in the transaction of the change. Listeners are notified
 * after the outermost transaction is committed, in order and once; changes that are rolled back are never reported.
 */
export interface ChangeLog {
  /** Number of the next change, so that ids derived from it can be part of the change itself. */
  nextSequence(): number
  write(change: Omit<Change, 'sequence'>): number
  lastSequence(): number
  changesSince(folderId: string, sequence: number, limit?: number): Change[] | undefined
  forgetUpTo(sequence: number): void
  onChange(listener: (change: Change) => void): void
}

interface Row {
  sequence: number
  mailbox_id: string
  folder_id: string
  message_key: number
  immutable_id: string
  rest_id: string
  kind: Change['kind']
  properties: string
}

const HORIZON = 'mail_store.change_horizon'
/** Batch size for listeners, so that a large import is never in memory as a whole. */
const TOLD_AT_ONCE = 500

export function createChangeLog(database: Database, report: (error: unknown) => void): ChangeLog {
  const listeners: ((change: Change) => void)[] = []
  let notified = lastSequence()
  let notifying = false

  function lastSequence(): number {
    const row = database.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'mail_changes'")
    return row?.seq ?? 0
  }

  function horizon(): number {
    return Number(database.setting(HORIZON) ?? 0)
  }

  /**
   * Notifies listeners in a microtask. Transactions never await, so the microtask runs after the outermost one has
   * ended. Reading the table at that time excludes changes that were rolled back.
   */
  function tellSoon(): void {
    if (notifying) return
    notifying = true
    queueMicrotask(tell)
  }

  function tell(): void {
    notifying = false
    if (listeners.length === 0) {
      notified = lastSequence()
      return
    }
    for (;;) {
      const rows = database.all<Row>(
        'SELECT * FROM mail_changes WHERE sequence > ? ORDER BY sequence LIMIT ?',
        notified,
        TOLD_AT_ONCE,
      )
      for (const row of rows) {
        notified = row.sequence
        for (const listener of listeners) {
          try {
            listener(toChange(row))
          } catch (error) {
            report(error)
          }
        }
      }
      if (rows.length < TOLD_AT_ONCE) return
    }
  }

  return {
    lastSequence,
    nextSequence: () => lastSequence() + 1,
    write({ mailboxId, folderId, messageKey, immutableId, restId, kind, properties }) {
      const { lastInsertRowid } = database.run(
        `INSERT INTO mail_changes (mailbox_id, folder_id, message_key, immutable_id, rest_id, kind, properties)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        mailboxId,
        folderId,
        messageKey,
        immutableId,
        restId,
        kind,
        JSON.stringify(properties),
      )
      tellSoon()
      return lastInsertRowid
    },
    changesSince(folderId, sequence, limit = -1) {
      if (sequence < horizon()) return undefined
      const sql = 'SELECT * FROM mail_changes WHERE folder_id = ? AND sequence > ? ORDER BY sequence LIMIT ?'
      return database.all<Row>(sql, folderId, sequence, limit).map(toChange)
    },
    forgetUpTo(sequence) {
      const upTo = Math.min(sequence, lastSequence())
      if (upTo <= horizon()) return
      database.transaction(() => {
        database.setSetting(HORIZON, String(upTo))
        database.run('DELETE FROM mail_changes WHERE sequence <= ?', Math.min(upTo, notified))
      })
    },
    onChange(listener) {
      listeners.push(listener)
    },
  }
}

function toChange(row: Row): Change {
  return {
    sequence: row.sequence,
    mailboxId: row.mailbox_id,
    folderId: row.folder_id,
    messageKey: row.message_key,
    immutableId: row.immutable_id,
    restId: row.rest_id,
    kind: row.kind,
    properties: JSON.parse(row.properties) as string[],
  }
}
