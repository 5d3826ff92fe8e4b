/** A TCP proxy whose network fails on demand: from a port of this machine to the current address of the other side. */
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { freePort } from '../../mail-servers/free-port.ts'

export interface TcpProxy {
  port: number
  /** Resets every open connection; returns how many. New connections pass. */
  cut(): number
  /**
   * Drops every byte on the connections that are open now, in both directions, and keeps all their sockets open, as a
   * firewall does that lost its state. They never pass a byte again. New connections pass; returns how many are dead.
   */
  silence(): number
  /** Applies a failure to open and new connections until `heal`. */
  fail(failure: WireFailure): void
  /** Ends the failure. Stalled connections continue; silent ones stay dead, as their bytes are lost. */
  heal(): void
  close(): Promise<void>
}

/**
 * - `silent`: sockets stay open, every byte is dropped.
 * - `stalled`: sockets stay open, bytes wait until `heal`.
 * - `reset`: open connections are reset, new ones right after they are accepted.
 * - `truncated`: half of the next chunk from the server passes, then the connection ends in an orderly way.
 */
export type WireFailure = 'silent' | 'stalled' | 'reset' | 'truncated'

/** Observes the bytes of a connection as they pass, and its end. */
export interface Tap {
  fromClient?(bytes: Buffer): void
  fromServer?(bytes: Buffer): void
  ended?(): void
}

export interface ProxyOptions {
  /** Tried in this order; a new connection is closed when empty. */
  to: () => readonly NetConnectOpts[]
  /** For each new connection. `hold`: nothing more reaches the client, and then the connection is reset. */
  tap?: (connection: { hold(): void }) => Tap
  port?: number
}

interface Wire {
  end(): void
  fail(failure: WireFailure): void
  heal(): void
}

/** Listens on both loopback addresses, as programs disagree about which of them `localhost` means. */
export async function startTcpProxy({ to, tap = () => ({}), port: wanted }: ProxyOptions): Promise<TcpProxy> {
  const port = wanted ?? (await freePort())
  const open = new Map<Socket, Wire>()
  const upstreams = new Set<Socket>()
  let failure: WireFailure | undefined
  const servers = await Promise.all(['127.0.0.1', '::1'].map((host) => listen(host, port, take)))

  function take(client: Socket): void {
    const end = () => void client.resetAndDestroy()
    const wire: Wire = { end, fail: () => undefined, heal: () => undefined }
    open.set(client, wire)
    client.on('error', () => undefined).on('close', () => open.delete(client))
    if (failure === 'reset') end()
    else pass({ client, wire, tapOf: tap, upstreams, failureNow: () => failure }, [...to()])
  }
  const each = (act: (wire: Wire) => void): number => {
    const wires = [...open.values()]
    wires.forEach(act)
    return wires.length
  }

  return {
    port,
    cut: () => each((wire) => wire.end()),
    silence: () => each((wire) => wire.fail('silent')),
    fail(wanted) {
      failure = wanted
      each((wire) => (wanted === 'reset' ? wire.end() : wire.fail(wanted)))
    },
    heal() {
      failure = undefined
      each((wire) => wire.heal())
      for (const upstream of upstreams) if (upstream.listenerCount('healed') > 0) upstream.emit('healed')
    },
    async close() {
      for (const socket of [...open.keys(), ...upstreams]) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))))
    },
  }
}

/** Long enough for the server to receive what was sent to it. */
const HELD_MS = 100
/** Long enough to receive bytes in flight when the wire was cut; their sender takes them as sent. */
const ON_ITS_WAY_MS = 20

interface Passing {
  client: Socket
  wire: Wire
  tapOf: Required<ProxyOptions>['tap']
  upstreams: Set<Socket>
  failureNow: () => WireFailure | undefined
}

function pass(passing: Passing, [first, ...others]: NetConnectOpts[]): void {
  const { client, wire, tapOf, upstreams, failureNow } = passing
  if (!first) {
    client.destroy()
    return
  }
  let isThere = false
  let isSilent = false
  const server = connect(first)
  upstreams.add(server)
  server.on('connect', () => {
    isThere = true
    const tap = tapOf({
      hold() {
        server.unpipe(client)
        setTimeout(() => client.resetAndDestroy(), HELD_MS)
      },
    })
    // The client has sent it, whether or not it passes.
    client.on('data', (bytes) => tap.fromClient?.(bytes))
    server.on('data', (bytes) => isSilent || tap.fromServer?.(bytes))
    client.on('close', () => tap.ended?.())
    client.pipe(server).pipe(client)
    const disconnect = () => {
      client.unpipe(server)
      server.unpipe(client)
    }
    wire.end = () => {
      disconnect()
      for (const side of [client, server]) side.resume()
      setTimeout(() => client.resetAndDestroy(), ON_ITS_WAY_MS)
    }
    wire.fail = (failure) => {
      disconnect()
      if (failure === 'silent') {
        isSilent = true
        for (const side of [client, server]) side.resume()
      } else if (failure === 'stalled') {
        for (const side of [client, server]) side.pause()
      } else {
        client.pipe(server)
        server.once('data', (bytes: Buffer) => client.end(bytes.subarray(0, bytes.length >> 1))).resume()
      }
    }
    wire.heal = () => {
      if (isSilent || client.destroyed) return
      disconnect()
      client.pipe(server).pipe(client)
    }
    const failure = failureNow()
    if (failure) wire.fail(failure)
  })
  // Nothing was sent yet: try the next address.
  server.on('error', () => {
    if (isSilent) return
    if (isThere || client.destroyed) client.destroy()
    else pass(passing, others)
  })
  server.on('close', () => {
    upstreams.delete(server)
    if (isThere && !isSilent) client.destroy()
  })
  // A silent wire does not carry the end of a connection either: the server keeps its side open until `heal`.
  client.on('close', () => {
    if (isSilent && failureNow() === 'silent') server.once('healed', () => server.destroy())
    else server.destroy()
  })
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
