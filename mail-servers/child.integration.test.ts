import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'

const DOOR = new URL('index.ts', import.meta.url).href

describe('a server started by a test', () => {
  it('ends with the test process, even after SIGKILL', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', startsOne()], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      const [chunk] = (await once(parent.stdout, 'data')) as [Buffer]
      const port = Number(chunk.toString())
      expect(await listens(port)).toBe(true)

      parent.kill('SIGKILL')

      await expect.poll(() => listens(port)).toBe(false)
    } finally {
      parent.kill('SIGKILL')
    }
  })
})

function startsOne(): string {
  return `
    import { startDovecot } from ${JSON.stringify(DOOR)}
    const { imapPort } = await startDovecot({ users: { 'a@b.test': 'x' } })
    process.stdout.write(String(imapPort))
    setInterval(() => {}, 1000)`
}

async function listens(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  const answer = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return answer
}
