/** `postkey start`: the server with an embedded PostgreSQL in the volume. */
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../mail-servers/free-port.ts'
import { createContainer } from './container.ts'
import { END_LIMIT_MS, sumMb, type Proof } from './serve.ts'

const RECOVERY_LIMIT_MS = 30_000
const LOOK_EVERY_MS = 250
const POSTMASTER = 'head -1 /var/lib/postkey/data/postgres/data/postmaster.pid'

export async function proveTrial({ program, image, expect }: Proof) {
  const port = await freePort()
  const name = `postkey-image-trial-${process.pid}`
  const container = createContainer({
    ...{ program, image, name, command: ['start'], environment: { PORT: String(port) } },
    ...{ health: `http://localhost:${port}/livez`, folder: '/var/lib/postkey' },
  })
  try {
    const firstStartMs = await container.start()
    expect(container.run('postkey', 'user', 'list').includes('No users yet'), 'commands beside it use its database')
    const beside = container.runBeside('user', 'list')
    expect(beside.output.includes('No users yet'), `so do commands in a second container (${beside.output})`)
    const second = container.runBeside('start')
    expect(
      second.output.includes('database.folder_in_use'),
      `a second one is refused (${second.code}, ${second.output})`,
    )
    expect(await isReady(port), 'the first one still works')
    const memoryMb = sumMb(container.processes())

    container.run('sh', '-c', `kill -9 "$(${POSTMASTER})"`)
    const limit = performance.now() + RECOVERY_LIMIT_MS
    while (!(await isReady(port)) && performance.now() < limit) await pause(LOOK_EVERY_MS)
    expect(await isReady(port), 'PostgreSQL is started again after its end')
    const zombies = container.processes().filter(({ state }) => state === 'Z').length
    expect(zombies === 0, `no process of the killed PostgreSQL is left (${zombies})`)

    const { code, ms } = await container.stop()
    expect(code === 0, `the exit code is 0 (${code})`)
    expect(ms < END_LIMIT_MS, `it ends within ten seconds (${ms} ms)`)

    const startMs = await container.start()
    container.kill()
    await container.start()
    return { firstStartMs, startMs, memoryMb, exitMs: ms }
  } finally {
    container.remove()
  }
}

async function isReady(port: number): Promise<boolean> {
  return (await fetch(`http://localhost:${port}/readyz`)).ok
}
