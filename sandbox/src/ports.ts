import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

export type Ports = Record<'login' | 'graph' | 'portal' | 'controlPanel' | 'imap' | 'smtp', number>

/** Used when they are free. `scripts/deploy.test.ts` compares them with the image. */
const PREFERRED_PORTS: Ports = {
  login: 8410,
  graph: 8411,
  portal: 8412,
  controlPanel: 8413,
  imap: 8414,
  smtp: 8415,
}
/** Largest first port of {@link choosePorts}. */
export const LAST_FIRST_PORT = 65_535 - Object.keys(PREFERRED_PORTS).length + 1
/** Parts that older data folders lack; their ports are chosen at the next start. */
const LATER: readonly (keyof Ports)[] = ['imap', 'smtp']

/** The stored ports cannot be used; the message contains the reason and the fix. */
export class PortsError extends Error {
  override readonly name = 'PortsError'
}

/**
 * Returns the ports of a data folder. They are chosen at the first start and stored in `ports.json`, because redirect
 * URIs, issuers and bookmarks contain them. A stored port that is taken causes an error and is never silently replaced.
 *
 * @param first port of the first part; the others follow it. Replaces stored ports.
 */
export async function choosePorts(dataFolder: string, first?: number): Promise<Ports> {
  const file = join(dataFolder, 'ports.json')
  if (first !== undefined) {
    mkdirSync(dataFolder, { recursive: true })
    writePorts(file, portsFrom(first))
  }
  if (existsSync(file)) {
    const storedPorts = readPorts(file)
    const ports = await completed(storedPorts)
    if (Object.keys(storedPorts).length < Object.keys(ports).length) writePorts(file, ports)
    for (const [part, port] of Object.entries(ports)) {
      if (!(await isFree(port))) {
        throw new PortsError(
          `Port ${port} (${part}) is taken by another program, perhaps by a sandbox that still runs. ` +
            `Stop that program, or choose another port in ${file} and register redirect URIs that name the old one again.`,
        )
      }
    }
    return ports
  }
  const ports = await completed({})
  mkdirSync(dataFolder, { recursive: true })
  writePorts(file, ports)
  return ports
}

function portsFrom(first: number): Ports {
  const parts = Object.keys(PREFERRED_PORTS) as (keyof Ports)[]
  return Object.fromEntries(parts.map((part, index) => [part, first + index])) as Ports
}

async function completed(storedPorts: Partial<Ports>): Promise<Ports> {
  const ports: Partial<Ports> = { ...storedPorts }
  for (const part of Object.keys(PREFERRED_PORTS) as (keyof Ports)[]) {
    ports[part] ??= (await isFree(PREFERRED_PORTS[part])) ? PREFERRED_PORTS[part] : await anyFreePort()
  }
  return ports as Ports
}

function writePorts(file: string, ports: Ports): void {
  writeFileSync(file, `${JSON.stringify(ports, null, 2)}\n`)
}

function readPorts(file: string): Partial<Ports> {
  const fix = `Correct it, or delete it to have ports chosen anew.`
  let found: unknown
  try {
    found = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new PortsError(`${file} is not JSON. ${fix}`, { cause })
  }
  const ports = (found ?? {}) as Record<string, unknown>
  for (const part of Object.keys(PREFERRED_PORTS)) {
    const port = ports[part]
    if (port === undefined && (LATER as readonly string[]).includes(part)) continue
    if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65535) {
      throw new PortsError(`${file}: "${part}" must be a port from 1 to 65535. ${fix}`)
    }
  }
  return ports
}

/** True if the port is free on both loopback addresses, because `localhost` may mean either. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    // A machine without IPv6 has no ::1 that could be taken.
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL'))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/**
 * A free port below the range that systems use for outgoing connections (Linux: 32768 and up). A port in that range
 * could be taken before the caller listens on it, or during a restart.
 */
export async function anyFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await isFree(port)) return port
  }
}
