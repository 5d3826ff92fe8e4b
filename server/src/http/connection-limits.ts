import type { Server } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { problemOf, PROBLEM_TYPE } from './problem.ts'
import { statusOf } from './problem-status.ts'

/** Browsers open six connections per host; a team behind one address translator needs a few dozen. */
const MAX_PER_ADDRESS = 64
/** For machines with many file handles; with fewer, `open-connections.ts` replaces unused connections before. */
const MAX_TOTAL = 2_048
const RETRY_AFTER_SECONDS = 10

/** Limits connections on which no person and no API key was recognized yet. */
export interface ConnectionLimits {
  watch(server: Server): void
  /** The connection belongs to a person or an API key; it is limited no more. */
  recognize(socket: Socket): void
}

export interface ConnectionLimitsOptions {
  /** Behind such an address is any number of clients, so only the total limits it. Loopback is always one. */
  trustedProxies: readonly string[]
  headers: Readonly<Record<string, string>>
  max?: { perAddress: number; total: number }
}

export function createConnectionLimits({
  trustedProxies,
  headers,
  max = { perAddress: MAX_PER_ADDRESS, total: MAX_TOTAL },
}: ConnectionLimitsOptions): ConnectionLimits {
  const isProxy = proxyTest(trustedProxies)
  const anonymous = new Map<Socket, string>()
  const perAddress = new Map<string, number>()

  function forget(socket: Socket): void {
    const address = anonymous.get(socket)
    if (address === undefined) return
    anonymous.delete(socket)
    const left = (perAddress.get(address) ?? 1) - 1
    if (left > 0) perAddress.set(address, left)
    else perAddress.delete(address)
  }

  return {
    watch(server) {
      server.prependListener('connection', (socket: Socket) => {
        const address = socket.remoteAddress ?? ''
        const ofAddress = perAddress.get(address) ?? 0
        if (anonymous.size >= max.total || (ofAddress >= max.perAddress && !isProxy(address))) {
          refuse(socket, headers)
          return
        }
        anonymous.set(socket, address)
        perAddress.set(address, ofAddress + 1)
        socket.once('close', () => forget(socket))
      })
    },
    recognize: forget,
  }
}

/** Answers before a byte of the request is read, and closes. */
function refuse(socket: Socket, headers: Readonly<Record<string, string>>): void {
  const problem = problemOf(new AppError('http.too_many_connections'), newId())
  const body = JSON.stringify(problem)
  const head = {
    ...headers,
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    'retry-after': String(RETRY_AFTER_SECONDS),
    connection: 'close',
  }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`)
  const status = statusOf('http.too_many_connections')
  socket.end([`HTTP/1.1 ${status} Service Unavailable`, ...lines, '', body].join('\r\n'), () => socket.destroy())
}

function proxyTest(trustedProxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of [...trustedProxies, 'loopback']) {
    if (entry === 'loopback') {
      list.addSubnet('127.0.0.0', 8, 'ipv4')
      list.addAddress('::1', 'ipv6')
      continue
    }
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return (address) => {
    const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}
