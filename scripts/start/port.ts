import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { StartError } from './start-step.ts'

const PREFERRED = 8400

/**
 * Returns the port of the server in this data folder. The first start chooses it and stores it in `port`, because
 * redirect URIs in Entra ID and links in mail contain it. A port that is taken later is an error and is never replaced.
 */
export async function portOf(dataFolder: string): Promise<number> {
  const file = join(dataFolder, 'port')
  if (!existsSync(file)) {
    const port = (await isFree(PREFERRED)) ? PREFERRED : await anyFreePort()
    writeFileSync(file, `${port}\n`)
    return port
  }
  const port = Number(readFileSync(file, 'utf8'))
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartError(`${file} must hold a port from 1 to 65535. Correct it, or delete it to have one chosen anew.`)
  }
  if (!(await isFree(port))) {
    throw new StartError(
      `Port ${port} is taken by another program, perhaps by a Postkey that still runs. Stop it, or write another port ` +
        `into ${file} and register redirect URIs that name the old one again.`,
    )
  }
  return port
}

/** Returns true if the port is free on both addresses of `localhost`. */
async function isFree(port: number): Promise<boolean> {
  return (await listenOn(port, '127.0.0.1')) !== undefined && (await listenOn(port, '::1')) !== undefined
}

async function anyFreePort(): Promise<number> {
  for (;;) {
    const port = await listenOn(0, '127.0.0.1')
    if (port !== undefined && (await isFree(port))) return port
  }
}

/** Listens on a port for a moment and returns it; `undefined` when listening fails. */
function listenOn(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    // A machine without IPv6 has no ::1 that could be taken.
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL' ? port : undefined))
    probe.listen({ port, host, exclusive: true }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
