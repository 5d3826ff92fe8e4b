/** `postkey serve` as process 1, with an external PostgreSQL. */
import { mkdirSync, chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../mail-servers/free-port.ts'
import { startCrashingPostgres } from '../../scripts/start/crashing-postgres.ts'
import { askDatabase } from '../crash/facts.ts'
import { startTcpProxy } from '../crash/tcp-proxy.ts'
import { createContainer } from './container.ts'
import { beginRequest, countArrived, submitReplies } from './load.ts'
import { startMicrosoft } from './microsoft.ts'

export interface Proof {
  program: string
  image: string
  folder: string
  expect: (isKept: boolean, promise: string) => void
}

/** Time of the process to end; a supervisor kills it afterwards. */
export const END_LIMIT_MS = 10_000
const LOAD_MS = 3000
const REST_OF_BODY_MS = 500
const LOOK_EVERY_MS = 100

export async function proveServe({ program, image, folder, expect }: Proof) {
  const dataFolder = join(folder, 'data')
  mkdirSync(dataFolder, { mode: 0o711 })
  const postgres = await startCrashingPostgres(dataFolder)
  const ask = askDatabase(postgres.url)
  const wire = await startTcpProxy({ to: () => [{ path: postgres.socket }] })
  const urlFile = join(folder, 'database-url')
  writeFileSync(urlFile, `postgresql://${postgres.user}:${postgres.password}@127.0.0.1:${wire.port}/postkey\n`)
  const port = await freePort()
  const address = `http://localhost:${port}`
  const microsoft = await startMicrosoft(folder, address)
  chmodSync(microsoft.cloudsFile, 0o644)
  const container = createContainer({
    ...{ program, image, name: `postkey-image-serve-${process.pid}`, command: ['serve'], withoutTmp: true },
    ...{ health: `${address}/livez`, folder: '/var/lib/postkey' },
    environment: {
      PORT: String(port),
      DATABASE_URL_FILE: '/run/secrets/database-url',
      PUBLIC_URL: address,
      POSTKEY_CLOUDS_FILE: '/run/secrets/clouds.json',
    },
    files: { '/run/secrets/database-url': urlFile, '/run/secrets/clouds.json': microsoft.cloudsFile },
  })
  try {
    const startMs = await container.start()
    container.run('sh', '-c', 'test "$(id -u)" = 10001')
    expect(!canWrite('/opt/postkey/x') && !canWrite('/tmp/x'), 'the root file system is read-only')
    expect(
      container.processes().some(({ pid, name }) => pid === 1 && name !== 'sh'),
      'the server is process 1',
    )

    const { part, controlPanel } = await microsoft.connect(await firstAdminLink())
    const load = submitReplies(part)
    await pause(LOAD_MS)
    const memoryMb = sumMb(container.processes())
    const pending = await beginRequest(port)
    const ending = container.stop()
    await pause(REST_OF_BODY_MS)
    const status = await pending.finish().catch(() => 0)
    expect(status >= 400 && status < 500, `a request in progress is answered (${status})`)
    const { code, ms } = await ending
    expect(code === 0, `the exit code is 0 (${code})`)
    expect(ms < END_LIMIT_MS, `it ends within ten seconds (${ms} ms)`)
    const accepted = await load.stop()
    expect(accepted.size > 0, 'there is load')
    const [claims] = await ask<{ n: string }>('SELECT count(*) AS n FROM submissions WHERE claimed_by IS NOT NULL')
    expect(claims!.n === '0', `claims are released (${claims!.n})`)
    const [queued] = await ask<{ n: string }>(`SELECT count(*) AS n FROM submissions WHERE state = 'queued'`)

    await container.start()
    const { lost, doubled } = await countArrived(accepted, part.customer, controlPanel)
    expect(lost === 0 && doubled === 0, `no reply is lost or doubled (${lost} lost, ${doubled} doubled)`)
    return { startMs, memoryMb, exitMs: ms, accepted: accepted.size, queuedAtExit: Number(queued!.n), lost, doubled }
  } finally {
    container.remove()
    await microsoft.close()
    wire.cut()
    await postgres.stop()
  }

  /** Printed as soon as the server is up. */
  async function firstAdminLink(): Promise<string> {
    for (;;) {
      const link = /https?:\/\/\S+#\S+/.exec(container.logs())?.[0]
      if (link !== undefined) return link
      await pause(LOOK_EVERY_MS)
    }
  }

  function canWrite(file: string): boolean {
    try {
      container.run('touch', file)
      return true
    } catch {
      return false
    }
  }
}

export function sumMb(processes: readonly { bytes: number }[]): number {
  return Math.round(processes.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000)
}
