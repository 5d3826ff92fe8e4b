import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * One process per data folder: the way to give it back, or `undefined` when another process has it.
 *
 * The lock is a name in Linux's abstract socket namespace, which belongs to its process and goes with it, also at
 * `kill -9`: there is no file that could tell of a process that is gone.
 *
 * @see https://man7.org/linux/man-pages/man7/unix.7.html
 */
export async function lockFolder(folder: string): Promise<(() => Promise<void>) | undefined> {
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)
  // Whoever connects is sent away at once; an open connection would keep the lock from being given back.
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
  // A connection that can't be accepted, such as out of file handles, takes nothing of the lock.
  server.on('error', () => undefined)
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
    })
}
