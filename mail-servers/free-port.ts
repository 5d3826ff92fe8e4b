import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * Ports below the range that systems use for outgoing connections (Linux: 32768 and up). A port in that range could be
 * taken by any connection before the server listens, or while it restarts.
 */
const RANGE = { first: 10_000, last: 31_999 }

/** One file per reserved port, with the id of the process. Processes that run at the same time share it. */
const RESERVED = join(tmpdir(), `postkey-test-ports-${userInfo().uid}`)

/** Ports of this process. */
const own = new Set<number>()
process.on('exit', () => own.forEach((port) => rmSync(fileOf(port), { force: true })))

/**
 * Returns a free port on both loopback addresses, reserved until this process ends: another caller, in any process, must
 * not get it before a server listens on it. A Postkey does so only after some seconds.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(RANGE.first, RANGE.last + 1)
    if (!reserve(port)) continue
    if ((await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))) return port
  }
}

/** Returns distinct free ports on both loopback addresses. */
export async function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()))
}

/** Reserves a port for this process. Returns false if this or another running process has it. */
export function reserve(port: number): boolean {
  mkdirSync(RESERVED, { recursive: true })
  if (createFile(port)) return true
  if (own.has(port) || isRunning(Number(readOwner(port)))) return false
  rmSync(fileOf(port), { force: true })
  return createFile(port)
}

function createFile(port: number): boolean {
  try {
    writeFileSync(fileOf(port), String(process.pid), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  own.add(port)
  return true
}

/** Undefined if the owner has just removed it. */
function readOwner(port: number): string | undefined {
  try {
    return readFileSync(fileOf(port), 'utf8')
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function fileOf(port: number): string {
  return join(RESERVED, String(port))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    // A machine without IPv6 has no ::1 that could be taken.
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL'))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
