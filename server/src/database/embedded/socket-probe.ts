import { connect } from 'node:net'
import { join } from 'node:path'

/** Errors of a socket on which no process listens: it is absent, or a crash or a copy of the folder left it. */
const NOT_LISTENING = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENOTSOCK']

/**
 * Returns true when a PostgreSQL listens in `socketFolder`. Finds one in another container with the same volume, whose
 * processes can't be seen here.
 */
export function acceptsConnections(socketFolder: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(socketFolder, '.s.PGSQL.5432'))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // EAGAIN: the queue of a process that listens is full.
      if (error.code === 'EAGAIN') resolve(true)
      else if (NOT_LISTENING.includes(String(error.code))) resolve(false)
      else reject(error)
    })
  })
}
