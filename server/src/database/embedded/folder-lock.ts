import { closeSync, fchownSync, openSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../kernel/errors.ts'

/** `SQLITE_BUSY`: another process holds the lock. */
const BUSY = 5
/** `SQLITE_PERM`, `SQLITE_READONLY`, `SQLITE_CANTOPEN`, and errors of `open`. */
const CLOSED: readonly unknown[] = [3, 8, 14, 'EACCES', 'EPERM']

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
 * @throws {AppError} `database.folder_owner` when this user may not open the file
 * @see https://www.sqlite.org/lockingv3.html
 * @see https://man7.org/linux/man-pages/man2/fcntl_locking.2.html
 */
export async function lockFolder(folder: string): Promise<(() => void) | undefined> {
  // On demand, because some versions of Node 24 print a warning.
  const sqlite = await import('node:sqlite')
  const file = join(folder, 'lock')
  let database: DatabaseSync | undefined
  try {
    createFile(folder, file)
    const opened = (database = new sqlite.DatabaseSync(file))
    opened.exec('BEGIN EXCLUSIVE')
    return () => {
      if (opened.isOpen) opened.close()
    }
  } catch (error) {
    database?.close()
    const reason = reasonOf(error)
    if (reason === BUSY) return undefined
    throw CLOSED.includes(reason) ? closedError(file, error) : error
  }
}

/**
 * Creates the file closed to other users, who could lock it otherwise. A command that root runs leaves it to the owner of
 * the folder, whose server opens it later.
 */
function createFile(folder: string, file: string): void {
  try {
    const handle = openSync(file, 'wx', 0o600)
    try {
      const { uid, gid } = statSync(folder)
      if (process.getuid?.() === 0) fchownSync(handle, uid, gid)
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    if (reasonOf(error) !== 'EEXIST') throw error
  }
}

/** Code of an error of Node, or of SQLite without its details. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  return 'code' in error ? error.code : undefined
}

function closedError(file: string, cause: unknown): AppError {
  const owner = statSync(file, { throwIfNoEntry: false })?.uid
  const mine = process.getuid?.()
  const belongs = owner === undefined ? 'can’t be created' : `belongs to user ${owner} and can’t be opened`
  return new AppError('database.folder_owner', {
    cause: new Error(
      `${file} ${belongs} by user ${mine}. To correct it: chown ${mine} '${owner === undefined ? dirname(file) : file}'`,
      { cause },
    ),
  })
}
