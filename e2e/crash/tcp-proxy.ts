/** A wire that can be cut: TCP from a port of this machine to wherever the other side is at that moment. */
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { anyFreePort } from '../../sandbox/src/ports.ts'

export interface TcpProxy {
  port: number
  /** Both ends of every connection that is open now hear of it as of a network that is gone; answers how many. */
  cut(): number
  close(): Promise<void>
}

/** Hears what passes, as it passes, and of the end of the connection. */
export interface Tap {
  fromClient?(bytes: Buffer): void
  fromServer?(bytes: Buffer): void
  ended?(): void
}

export interface ProxyOptions {
  /** In the order in which they are tried; nobody when empty. */
  to: () => readonly NetConnectOpts[]
  /** For each new connection. `hold`: nothing more comes through to the client, and then it is cut. */
  tap?: (connection: { hold(): void }) => Tap
  port?: number
}

/** Listens on both loopback addresses, as programs disagree about which of them `localhost` means. */
export async function startTcpProxy({ to, tap = () => ({}), port: wanted }: ProxyOptions): Promise<TcpProxy> {
  const port = wanted ?? (await anyFreePort())
  const open = new Map<Socket, { end(): void }>()
  const servers = await Promise.all(['127.0.0.1', '::1'].map((host) => listen(host, port, take)))

  function take(client: Socket): void {
    const wire = { end: () => void client.resetAndDestroy() }
    open.set(client, wire)
    client.on('error', () => undefined).on('close', () => open.delete(client))
    pass(client, wire, [...to()], tap)
  }

  return {
    port,
    cut() {
      const count = open.size
      for (const wire of open.values()) wire.end()
      return count
    },
    async close() {
      for (const client of open.keys()) client.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))))
    },
  }
}

/** Long enough for the server to have what was sent to it. */
const HELD_MS = 100
/** Long enough to hear what was on its way when the wire was cut, which nobody gets: its sender takes it for sent. */
const ON_ITS_WAY_MS = 20

function pass(
  client: Socket,
  wire: { end(): void },
  [first, ...others]: NetConnectOpts[],
  tapOf: Required<ProxyOptions>['tap'],
): void {
  if (!first) {
    client.destroy()
    return
  }
  let isThere = false
  const server = connect(first)
  server.on('connect', () => {
    isThere = true
    const tap = tapOf({
      hold() {
        server.unpipe(client)
        setTimeout(() => client.resetAndDestroy(), HELD_MS)
      },
    })
    client.on('data', (bytes) => tap.fromClient?.(bytes))
    server.on('data', (bytes) => tap.fromServer?.(bytes))
    client.on('close', () => tap.ended?.())
    client.pipe(server).pipe(client)
    wire.end = () => {
      client.unpipe(server)
      server.unpipe(client)
      for (const side of [client, server]) side.resume()
      setTimeout(() => client.resetAndDestroy(), ON_ITS_WAY_MS)
    }
  })
  // Asked for nothing yet: the next one may be there.
  server.on('error', () => (isThere || client.destroyed ? client.destroy() : pass(client, wire, others, tapOf)))
  server.on('close', () => isThere && client.destroy())
  client.on('close', () => server.destroy())
}

async function listen(host: string, port: number, take: (client: Socket) => void): Promise<Server | undefined> {
  const server = createServer(take)
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return server
  } catch (error) {
    // A machine without IPv6 has no ::1.
    if (error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL') return undefined
    throw error
  }
}
