import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-step.ts'

export interface SandboxProcess {
  /** Information that it printed: addresses, users, passwords. */
  block: string
  /** Path for POSTKEY_CLOUDS_FILE. */
  cloudsFile: string
  /** Value for POSTKEY_CLOCK. */
  clock: string
  /** Resolves when it has ended, expectedly or not. */
  ended: Promise<string>
  stop(): Promise<void>
  /** Kills it without waiting. */
  kill(): void
}

const CHECKOUT = join(import.meta.dirname, '../..')
const STOP_LIMIT_MS = 1_500
const START_LIMIT_MS = 30_000

/**
 * Starts the sandbox as a separate process with its own command. It simulates Microsoft, so Postkey may reach it only
 * over the network. It does not inherit the environment, which may contain keys, and always ends with this process.
 */
export async function startSandboxProcess(dataFolder: string): Promise<SandboxProcess> {
  const folder = join(dataFolder, 'sandbox')
  const preload = ['scripts/node-24.js', 'scripts/start/end-with-parent.js'].flatMap((file) => [
    '--import',
    `./${file}`,
  ])
  const child = spawn(process.execPath, [...preload, 'sandbox/src/main.ts', '--data', folder], {
    cwd: CHECKOUT,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C reaches all processes of the terminal's group at once; the sandbox must be stopped later, in order.
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...(process.env.NODE_OPTIONS && { NODE_OPTIONS: process.env.NODE_OPTIONS }),
    },
  })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)))
  child.stdin.on('error', () => undefined)
  // Output may still arrive after `exit`, so this waits for `close`.
  const ended = once(child, 'close').then(() => complaints.trim())
  const late = setTimeout(() => {
    complaints += `It did not answer within ${START_LIMIT_MS / 1000} seconds. Start it alone with "npm run sandbox" to see why.`
    child.kill('SIGKILL')
  }, START_LIMIT_MS)

  const printed = once(child.stdout.setEncoding('utf8'), 'data') as Promise<[string]>
  const first = await Promise.race([printed, ended]).finally(() => clearTimeout(late))
  if (typeof first === 'string') {
    throw new StartError(`The sandbox does not start. ${first}\nTo start without it: npm start -- --without-sandbox`)
  }
  child.stdout.resume()

  const ports = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')) as Record<string, number>
  const at = (part: string) => `http://localhost:${ports[part]!}`
  return {
    block: first[0],
    cloudsFile: writeCloudsFile(dataFolder, ports),
    clock: `${at('controlPanel')}/api/clock`,
    ended,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      await ended
      clearTimeout(late)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/**
 * Writes the sandbox as a cloud of Postkey: its addresses, and scopes named like Microsoft's. Returns the path of the
 * file.
 */
export function writeCloudsFile(folder: string, ports: Readonly<Record<string, number>>): string {
  const at = (part: string) => `http://localhost:${ports[part]!}`
  const cloud = {
    id: 'sandbox',
    name: 'Sandbox (a Microsoft 365 on this machine)',
    authority: at('login'),
    graphRoot: at('graph'),
    scopePrefixes: { graph: 'https://graph.microsoft.com/', exchange: 'https://outlook.office.com/' },
    portal: at('portal'),
    // Port 9 is the discard port: a placeholder until the sandbox has such servers.
    imap: { host: 'localhost', port: ports['imap'] ?? 9, tls: 'none' },
    smtp: { host: 'localhost', port: ports['smtp'] ?? 9, tls: 'none' },
    personalAccounts: true,
    allowsHttpLoopback: true,
  }
  const file = join(folder, 'clouds.json')
  writeFileSync(file, `${JSON.stringify([cloud], null, 2)}\n`)
  return file
}
