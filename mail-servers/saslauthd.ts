/** Password check for Cyrus: the saslauthd protocol on a Unix socket, implemented in the test process. */
import { chmodSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'

export interface PasswordCheck {
  stop(): Promise<void>
}

/**
 * Starts the password check. A request consists of four strings (user, password, service, realm), a response of one,
 * `OK` or `NO`. Each string is preceded by its length in two bytes, big-endian.
 *
 * @param socketPath created here, accessible to every user of the machine
 */
export async function startPasswordCheck(
  socketPath: string,
  isRight: (user: string, password: string) => boolean,
): Promise<PasswordCheck> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let received = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const [user, password, , realm] = strings(received)
      if (user === undefined || password === undefined || realm === undefined) return
      const address = realm === '' ? user : `${user}@${realm}`
      const answer = isRight(address.toLowerCase(), password) ? 'OK' : 'NO'
      socket.end(Buffer.from([0, answer.length, ...Buffer.from(answer)]))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  chmodSync(socketPath, 0o777)
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function strings(received: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at + 2 <= received.length;) {
    const end = at + 2 + received.readUInt16BE(at)
    if (end > received.length) break
    found.push(received.toString('utf8', at + 2, end))
    at = end
  }
  return found
}
