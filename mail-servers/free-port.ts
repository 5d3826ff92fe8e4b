import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Ports below the range that systems use for outgoing connections (Linux: 32768 and up). A port in that range could be
 * taken by any connection before the server listens, or while it restarts.
 */
const RANGE = { first: 10_000, last: 31_999 }

/** Ports already returned in this process. Two callers must not get the same one before the first of them listens. */
const returned = new Set<number>()

/** Returns a free port on both loopback addresses. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(RANGE.first, RANGE.last + 1)
    if (returned.has(port)) continue
    returned.add(port)
    if ((await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))) return port
  }
}

/** Returns distinct free ports on both loopback addresses. */
export async function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    // A machine without IPv6 has no ::1 that could be taken.
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL'))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
