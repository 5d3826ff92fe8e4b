import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from '../kernel/log.ts'

/** File handles for other purposes: the database, mail servers, files, and a restart of PostgreSQL. */
const RESERVE = 60
const FEWEST = 8
const MOST = 5_000
const LOG_EVERY_MS = 60_000
/** Time for requests that a proxy has sent, or is about to send, on a connection without one. */
const GRACE_MS = 250

/** Connections of browsers and proxies to this process. */
export interface OpenConnections {
  watch(server: Server): void
  readonly count: number
  /**
   * Closes connections after the response to their request. Those without one are closed a moment later: a proxy may
   * be sending a request that it must not repeat elsewhere.
   */
  closeGently(): void
  closeAll(): void
}

/**
 * Holds at most `most` connections. At the limit, a new one replaces the oldest without a request, so that unused
 * sockets lock out no others. If every connection has a request, the new one is closed.
 */
export function createOpenConnections(
  log: Log,
  most: number = mostConnections(),
  graceMs: number = GRACE_MS,
): OpenConnections {
  /** Requests in progress by connection, oldest first. */
  const open = new Map<Socket, number>()
  let isClosing = false
  let loggedAt = -Infinity

  function add(socket: Socket): void {
    if (open.size >= most) makeRoom()
    if (open.size >= most) {
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

  function closeUnused(): void {
    for (const [socket, requests] of open) if (requests === 0) socket.destroy()
  }

  return {
    watch(server) {
      // `server.close()` calls it and would cut off requests that are on their way.
      server.closeIdleConnections = () => undefined
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
      // After a delayed timer, requests that have arrived are read first.
      setTimeout(() => setImmediate(closeUnused), graceMs).unref()
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
