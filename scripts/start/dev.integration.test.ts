import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'

const CHECKOUT = join(import.meta.dirname, '../..')

const top = mkdtempSync('/var/tmp/postkey-dev-')
chmodSync(top, 0o711)
const dataFolder = join(top, 'data')
// Another test that starts Postkey may use the default folder at the same time.
mkdirSync(dataFolder, { mode: 0o711 })
writeFileSync(join(dataFolder, 'port'), `${await freePort()}\n`)
const child = spawn(process.execPath, ['scripts/dev.ts', '--without-sandbox'], {
  cwd: CHECKOUT,
  stdio: ['ignore', 'pipe', 'pipe'],
  // A separate process group, as a shell creates one for each command.
  detached: true,
  env: { PATH: process.env.PATH, HOME: top, POSTKEY_DATA: dataFolder, POSTKEY_KEY_FILE: join(top, 'config/keys') },
})
let said = ''
for (const stream of [child.stdout, child.stderr])
  stream.setEncoding('utf8').on('data', (text: string) => (said += text))
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid!, 'SIGINT')
    await once(child, 'exit')
  }
  rmSync(top, { recursive: true, force: true })
})

it(
  'restarts the server when a source file changes, and ends all processes with Ctrl-C',
  { timeout: 120_000 },
  async () => {
    await untilSaid(/Ctrl-C/)
    const address = /Address +(\S+)/.exec(said)![1]!
    expect((await fetch(`${address}/healthz`)).status).toBe(200)

    said = ''
    utimesSync(join(CHECKOUT, 'server/src/main.ts'), new Date(), new Date())
    await untilSaid(/main\.ts was changed/)
    await untilSaid(/Ctrl-C/)
    expect(/Address +(\S+)/.exec(said)![1]).toBe(address)
    expect((await fetch(`${address}/healthz`)).status).toBe(200)

    const exit = once(child, 'exit')
    process.kill(-child.pid!, 'SIGINT')
    expect((await exit)[0]).toBe(0)
    await expect(fetch(address)).rejects.toThrow()
    expect(commands().filter((command) => command.includes(dataFolder))).toEqual([])
  },
)

async function untilSaid(pattern: RegExp): Promise<void> {
  while (!pattern.test(said)) {
    if (said.includes('Postkey has ended')) throw new Error(`Postkey has ended: ${said}`)
    const what = await Promise.race([
      once(child.stdout, 'data').then(() => 'said'),
      once(child, 'exit').then(() => 'ended'),
    ])
    if (what === 'ended') throw new Error(`npm run dev has ended: ${said}`)
  }
}

function commands(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })
}
