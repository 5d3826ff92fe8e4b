import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** `SQLITE_BUSY`: another process holds the lock. */
const BUSY = 5

/**
 * Locks a data folder for one process. Returns a function that releases the lock, or `undefined` when another process
 * holds it.
 *
 * The lock is that of an empty SQLite database, because Node itself can't lock a file. The kernel keeps it with the file,
 * so it also excludes a container that shares the volume and sees neither the processes nor the abstract sockets of this
 * one. It ends with its process, also at `kill -9`, and a copy of the folder isn't locked.
 *
 * Nothing else in this process may open the file: closing it would release the lock.
 *
 * @see https://www.sqlite.org/lockingv3.html
 * @see https://man7.org/linux/man-pages/man2/fcntl_locking.2.html
 */
export async function lockFolder(folder: string): Promise<(() => void) | undefined> {
  // On demand, because some versions of Node 24 print a warning.
  const { DatabaseSync } = await import('node:sqlite')
  const file = join(folder, 'lock')
  createFile(file)
  const database = new DatabaseSync(file)
  try {
    database.exec('BEGIN EXCLUSIVE')
    return () => {
      if (database.isOpen) database.close()
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined
    throw error
  }
}

/** Creates the file closed to other users, who could lock it otherwise. */
function createFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
