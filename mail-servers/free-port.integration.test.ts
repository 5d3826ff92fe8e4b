import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { freePort, freePorts } from './free-port.ts'

/** The first port that Linux uses for outgoing connections. */
const FIRST_OUTGOING = 32_768

it('finds distinct ports that no outgoing connection can take', async () => {
  const ports = await freePorts(50)

  expect(new Set(ports).size).toBe(50)
  expect(Math.max(...ports)).toBeLessThan(FIRST_OUTGOING)
})

it('finds a port on which a server can listen, also after a restart', async () => {
  const port = await freePort()

  for (let n = 0; n < 2; n++) {
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  }
})
