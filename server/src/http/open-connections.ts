import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from '../kernel/log.ts'

/** File handles for other purposes: the database, mail servers, files, and a restart of PostgreSQL. */
const RESERVE = 60
const FEWEST = 8
const MOST = 5_000
const LOG_EVERY_MS = 60_000

/** Connections of browsers and proxies to this process. */
export interface OpenConnections {
  watch(server: Server): void
  readonly count: number
  /** Closes connections without a request now, and others after the response to their request. */
  closeGently(): void
  closeAll(): void
}

/**
 * Holds at most `most` connections. At the limit, a new one replaces the oldest without a request, so that unused
 * sockets lock out no others. If every connection has a request, the new one is closed.
 */
export function createOpenConnections(log: Log, most: number = mostConnections()): OpenConnections {
  /** Requests in progress by connection, oldest first. */
  const open = new Map<Socket, number>()
  let isClosing = false
  let loggedAt = -Infinity

  function add(socket: Socket): void {
    if (open.size >= most) makeRoom()
    if (isClosing || open.size >= most) {
      socket.destroy()
      return
    }
    open.set(socket, 0)
    socket.once('close', () => open.delete(socket))
  }

  function makeRoom(): void {
    const unused = [...open].find(([, requests]) => requests === 0)?.[0]
    if (unused) {
      open.delete(unused)
      unused.destroy()
    }
    const now = performance.now()
    if (now - loggedAt < LOG_EVERY_MS) return
    loggedAt = now
    log.warn({ most, replaced: unused !== undefined }, 'The connection limit is reached')
  }

  function begin({ socket }: IncomingMessage, response: ServerResponse): void {
    open.set(socket, (open.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (open.get(socket) ?? 1) - 1
      if (open.has(socket)) open.set(socket, left)
      if (isClosing && left === 0) socket.destroySoon()
    })
  }

  return {
    watch(server) {
      server.on('connection', add)
      server.prependListener('request', begin)
      // Without free file handles, a connection cannot be accepted. Without a listener, this error would end the
      // process.
      server.on('error', (err) => {
        // A port that is taken is reported during the start.
        if (server.listening) log.warn({ err }, 'A connection could not be accepted')
      })
    },
    get count() {
      return open.size
    },
    closeGently() {
      isClosing = true
      for (const [socket, requests] of open) if (requests === 0) socket.destroy()
    },
    closeAll() {
      isClosing = true
      for (const socket of open.keys()) socket.destroy()
    },
  }
}

/** Half of the file handles that the system allows this process beyond the reserve. */
export function mostConnections(limits: string = readFileSync('/proc/self/limits', 'utf8')): number {
  const handles = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity)
  return Math.min(Math.max(Math.floor((handles - RESERVE) / 2), FEWEST), MOST)
}
