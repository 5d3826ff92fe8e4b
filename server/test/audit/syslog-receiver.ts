import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** Syslog receiver that a test can kill and start again on the same port. */
export interface SyslogReceiverStage {
  readonly port: number
  /** Entries of complete frames that the receiver read, in order. */
  readonly got: { id: number; action: string; subject: string }[]
  readonly messages: string[]
  /** Number of connections that it accepted. */
  readonly connections: number
  /** Reads no byte, as a hanging process; a kill then leaves them unread. */
  reads: boolean
  /** Ends connections and the listener, as the kernel does for a killed process. */
  kill(): Promise<void>
  start(): Promise<void>
}

export async function createSyslogReceiver(
  tls?: { key: string; cert: string },
  { port: firstPort = 0, onEntry }: { port?: number; onEntry?: (entry: { id: number }) => void } = {},
): Promise<SyslogReceiverStage> {
  let server: Server | undefined
  let port = firstPort
  const sockets = new Set<Socket>()
  const stage = {
    got: [] as SyslogReceiverStage['got'],
    messages: [] as string[],
    connections: 0,
    reads: true,
    get port() {
      return port
    },
    async kill() {
      const closed = server && once(server, 'close')
      server?.close()
      for (const socket of sockets) socket.destroy()
      await closed
      server = undefined
    },
    async start() {
      const accept = (socket: Socket) => {
        stage.connections++
        socket.on('error', () => undefined)
        if (stage.reads) readFrames(socket, stage, onEntry)
      }
      server = tls ? createTlsServer(tls, accept) : createServer(accept)
      server.on('tlsClientError', () => undefined)
      server.on('connection', (socket: Socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => sockets.delete(socket))
      })
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
  }
  await stage.start()
  return stage
}

/** Reads frames by their length, and fails on anything else. */
function readFrames(
  socket: Socket,
  stage: Pick<SyslogReceiverStage, 'got' | 'messages'>,
  onEntry?: (entry: { id: number }) => void,
): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      const space = rest.indexOf(' ')
      if (space === -1) return
      const length = Number(rest.subarray(0, space).toString())
      if (!Number.isInteger(length)) throw new Error(`no length: ${rest.subarray(0, 20).toString()}`)
      if (rest.length < space + 1 + length) return
      const message = rest.subarray(space + 1, space + 1 + length).toString()
      rest = rest.subarray(space + 1 + length)
      stage.messages.push(message)
      const entry = JSON.parse(message.slice(message.indexOf('] {') + 2)) as SyslogReceiverStage['got'][number]
      stage.got.push(entry)
      onEntry?.(entry)
    }
  })
}
