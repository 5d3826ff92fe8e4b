import type { Database } from '../../kernel/database.ts'

/**
 * Folders that LSUB omits. All are subscribed until a client unsubscribes (Exchange's initial state is unconfirmed).
 */
export interface Subscriptions {
  has(folderId: string): boolean
  set(folderId: string, isSubscribed: boolean): void
}

export function createSubscriptions(database: Database): Subscriptions {
  database.addTables('CREATE TABLE IF NOT EXISTS imap_unsubscribed (folder_id TEXT PRIMARY KEY) STRICT')
  return {
    has: (folderId) => database.get('SELECT 1 FROM imap_unsubscribed WHERE folder_id = ?', folderId) === undefined,
    set(folderId, isSubscribed) {
      if (isSubscribed) database.run('DELETE FROM imap_unsubscribed WHERE folder_id = ?', folderId)
      else database.run('INSERT OR IGNORE INTO imap_unsubscribed VALUES (?)', folderId)
    },
  }
}
