import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort, freePorts, reserve } from './free-port.ts'

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

it('reserves a port for one process at a time, until that process ends', async () => {
  const module = JSON.stringify(join(import.meta.dirname, 'free-port.ts'))
  const code = `const { freePort } = await import(${module}); console.log(await freePort()); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed] = (await once(other.stdout, 'data')) as [Buffer]
  const port = Number(printed.toString())

  expect(reserve(port)).toBe(false)

  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(reserve(port)).toBe(true)
  expect(reserve(port)).toBe(false)
})
