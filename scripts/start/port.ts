import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { StartError } from './start-step.ts'

const PREFERRED = 8400

/**
 * Returns the port of the server in this data folder. The first start chooses it and stores it in `port`, because
 * redirect URIs in Entra ID and links in mail contain it. A port that is taken later is an error and is never replaced.
 */
export async function choosePort(dataFolder: string, preferred = PREFERRED): Promise<number> {
  const file = join(dataFolder, 'port')
  if (!existsSync(file)) {
    const port = (await isFree(preferred)) ? preferred : await anyFreePort()
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
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))
}

/**
 * Returns a free port below the range that systems use for outgoing connections (Linux: 32768 and up). A connection could
 * take a port of that range while Postkey restarts.
 */
async function anyFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await isFree(port)) return port
  }
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    // A machine without IPv6 has no ::1 that could be taken.
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL'))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
