import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll } from 'vitest'

/** TCP proxy in front of PostgreSQL that can go silent while its connections stay open. */
export interface SilentProxy {
  /** URL of the same database through the proxy. */
  readonly url: string
  /** Drops all bytes in both directions. Connections stay open, and new ones are accepted. */
  goSilent(): void
  /** Serves new connections again. Silent ones stay silent, as after a failover. */
  serveAgain(): void
  /** Ends the silent connections. Resolves once a client connects again. */
  hangUp(): Promise<void>
  /** Ends all connections and refuses new ones, like a stopped PostgreSQL. */
  stop(): void
  /** Number of connections that went silent and that the client has not closed. */
  readonly silencedCount: number
}

interface Pair {
  near: Socket
  far: Socket
  isSilent: boolean
}

/** Starts a proxy that ends with the file or the `describe` that started it. */
export async function startSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const target = addressOf(databaseUrl)
  const pairs = new Set<Pair>()
  let silenced: Pair[] = []
  let isSilent = false

  const server = createServer((near) => {
    const far = connect(target)
    const pair: Pair = { near, far, isSilent }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      // The end of a silent connection isn't passed on to the server.
      if (!pair.isSilent) far.destroy()
    }
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.on('data', (bytes) => pair.isSilent || far.write(bytes))
    far.on('data', (bytes) => pair.isSilent || near.write(bytes))
    near.on('close', end)
    far.on('close', () => pair.isSilent || end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  function stop(): void {
    server.close()
    for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy()
  }
  afterAll(stop)

  return {
    url: through(databaseUrl, (server.address() as AddressInfo).port),
    goSilent() {
      isSilent = true
      silenced = [...pairs]
      for (const pair of pairs) pair.isSilent = true
    },
    serveAgain: () => void (isSilent = false),
    async hangUp() {
      for (const { near } of silenced) near.destroy()
      await once(server, 'connection')
    },
    stop,
    get silencedCount() {
      return silenced.filter((pair) => pairs.has(pair)).length
    },
  }
}

/** `postgresql://user:password@host:5432/name`, or `…@/name?host=/folder&port=5432` for a Unix socket. */
const PARTS = /^(postgres(?:ql)?:\/\/)([^@/]*@)?([^/?]*)\/([^?]*)(?:\?(.*))?$/

function addressOf(url: string): { path: string } | { host: string; port: number } {
  const [, , , place = '', , query] = PARTS.exec(url) ?? []
  const options = new URLSearchParams(query)
  const folder = options.get('host')
  const port = Number(options.get('port') ?? (place.split(':')[1] || 5432))
  if (folder?.startsWith('/')) return { path: `${folder}/.s.PGSQL.${port}` }
  return { host: place.split(':')[0] || 'localhost', port }
}

function through(url: string, port: number): string {
  const [, scheme, login = '', , name] = PARTS.exec(url) ?? []
  return `${scheme}${login}127.0.0.1:${port}/${name}`
}
