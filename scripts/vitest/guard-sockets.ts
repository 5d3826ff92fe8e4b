/**
 * Refuses forbidden connections of tests in `Socket.connect`, which every client calls.
 *
 * A refusal is thrown and also fails the connection, so that a client that swallows errors still gets no connection.
 */
import { Socket } from 'node:net'

export interface Destination {
  host: string
  port: number
}

type Connect = (this: Socket, ...args: unknown[]) => Socket

/** Stores the original `connect`: a worker runs several test files, and the guard of the last file applies. */
const UNGUARDED = Symbol.for('postkey.unguarded-connect')

/**
 * Replaces `Socket.connect` by a version that first calls `refuse`, which returns the reason for a refusal. Unix
 * sockets and pipes are always allowed.
 */
export function guardSockets(refuse: (destination: Destination) => string | undefined): void {
  const prototype = Socket.prototype as unknown as { connect: Connect; [UNGUARDED]: Connect | undefined }
  const connect = (prototype[UNGUARDED] ??= prototype.connect)

  prototype.connect = function (...args) {
    const destination = readDestination(args)
    const objection = destination && refuse(destination)
    if (objection) throw new Error(objection)
    return connect.apply(this, args)
  }
}

/**
 * Destination of a `Socket.connect` call: `(options)`, `(port, host?)`, `(path)`, or, from Node's own `net.connect` and
 * `tls.connect`, these arguments wrapped in one array.
 */
export function readDestination(args: readonly unknown[]): Destination | undefined {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  if (typeof first === 'object' && first !== null) {
    const { path, port, host } = first as { path?: unknown; port?: unknown; host?: unknown }
    if (typeof path === 'string') return undefined
    return { host: typeof host === 'string' ? host : 'localhost', port: Number(port) }
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined
  return { host: typeof second === 'string' ? second : 'localhost', port: Number(first) }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
