import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { AppError, CATALOGUE } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { createNetworkTest } from '../kernel/networks.ts'
import { clientNetwork, plainAddress } from '../kernel/client-network.ts'
import { toProblem, PROBLEM_TYPE } from './problem.ts'

/** Browsers open six connections per host; a team behind one address translator needs a few dozen. */
const MAX_PER_ADDRESS = 64
/** For machines with many file handles; with fewer, the lower limit of `open-connections.ts` replaces connections. */
const MAX_TOTAL = 2_048
const RETRY_AFTER_SECONDS = 10

/** Limits connections without a recognized person or API key. */
export interface ConnectionLimits {
  watch(server: Server): void
  /** Stops counting a connection, because it belongs to a person or an API key. */
  recognize(socket: Socket): void
}

export interface ConnectionLimitsOptions {
  /** Addresses with any number of clients, which only the total limits. The same applies to `SHARED_NETWORKS`. */
  trustedProxies: readonly string[]
  headers: Readonly<Record<string, string>>
  max?: { perAddress: number; total: number }
}

interface Anonymous {
  socket: Socket
  network: string
  requests: Set<IncomingMessage>
}

/**
 * At a limit, a new connection replaces the oldest one without a request, or else the oldest one with incomplete
 * requests. Silent clients therefore lock out no others. It is refused only when all others have a request in progress.
 */
export function createConnectionLimits({
  trustedProxies,
  headers,
  max = { perAddress: MAX_PER_ADDRESS, total: MAX_TOTAL },
}: ConnectionLimitsOptions): ConnectionLimits {
  const isShared = sharedTest(trustedProxies)
  /** Oldest first; the same order applies to those of one network. */
  const anonymous = new Map<Socket, Anonymous>()
  const byNetwork = new Map<string, Set<Anonymous>>()

  function forget(socket: Socket): void {
    const one = anonymous.get(socket)
    if (!one) return
    anonymous.delete(socket)
    const ofNetwork = byNetwork.get(one.network)
    ofNetwork?.delete(one)
    if (ofNetwork?.size === 0) byNetwork.delete(one.network)
  }

  function add(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const network = clientNetwork(address)
    const ofNetwork = byNetwork.get(network)
    const isTooMany = (ofNetwork?.size ?? 0) >= max.perAddress && !isShared(address)
    const hasPlace = !isTooMany || replaceOne(ofNetwork!)
    if (!hasPlace || (anonymous.size >= max.total && !replaceOne(anonymous.values()))) {
      refuse(socket, headers)
      return
    }
    const one: Anonymous = { socket, network, requests: new Set() }
    anonymous.set(socket, one)
    // Replacing the last of a network removes its set.
    byNetwork.set(network, (byNetwork.get(network) ?? new Set()).add(one))
    socket.once('close', () => forget(socket))
  }

  function replaceOne(connections: Iterable<Anonymous>): boolean {
    const all = [...connections]
    const least =
      all.find(({ requests }) => requests.size === 0) ??
      all.find(({ requests }) => [...requests].every(({ complete }) => !complete))
    if (!least) return false
    forget(least.socket)
    least.socket.destroy()
    return true
  }

  function begin(request: IncomingMessage, response: ServerResponse): void {
    const requests = anonymous.get(request.socket)?.requests
    requests?.add(request)
    response.once('close', () => requests?.delete(request))
  }

  return {
    watch(server) {
      server.prependListener('connection', add)
      server.prependListener('request', begin)
    },
    recognize: forget,
  }
}

/** Responds before a byte of the request is read, and closes the connection. */
function refuse(socket: Socket, headers: Readonly<Record<string, string>>): void {
  const problem = toProblem(new AppError('http.too_many_connections'), newId())
  const body = JSON.stringify(problem)
  const head = {
    ...headers,
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    'retry-after': String(RETRY_AFTER_SECONDS),
    connection: 'close',
  }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`)
  const status = CATALOGUE['http.too_many_connections'].status
  socket.end([`HTTP/1.1 ${status} Service Unavailable`, ...lines, '', body].join('\r\n'), () => socket.destroy())
}

/** Addresses of reverse proxies, and of translators that hide the client address, such as Docker's user-land proxy. */
const SHARED_NETWORKS = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1',
  'fc00::/7',
  'fe80::/10',
]

function sharedTest(trustedProxies: readonly string[]): (address: string) => boolean {
  const isIn = createNetworkTest([...trustedProxies.filter((entry) => entry !== 'loopback'), ...SHARED_NETWORKS])
  return (address) => isIn(plainAddress(address))
}
