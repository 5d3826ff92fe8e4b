import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Locks a data folder for one process. Returns a function that releases the lock, or `undefined` when another process
 * holds it.
 *
 * The lock is a name in Linux's abstract socket namespace. The name belongs to its process and disappears with it, also
 * at `kill -9`, so no stale lock file can remain.
 *
 * @see https://man7.org/linux/man-pages/man7/unix.7.html
 */
export async function lockFolder(folder: string): Promise<(() => Promise<void>) | undefined> {
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)
  // Connections are closed at once: an open connection would prevent the release of the lock.
  const server = createServer((socket) => socket.destroy())
  server.unref()
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    })
    server.listen({ path: `\0postkey-${name}` }, () => resolve(true))
  })
  if (!taken) return undefined
  // A connection that can't be accepted, such as when out of file handles, doesn't affect the lock.
  server.on('error', () => undefined)
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
    })
}
