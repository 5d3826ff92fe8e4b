/** Postkey as somebody starts it: by its own command, in a folder of its own, known only by what it prints. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anyFreePort } from '../../sandbox/src/ports.ts'

export interface StartedPostkey {
  address: string
  firstAdminLink: string
  sandbox: { desk: string; portal: string; login: string; graph: string }
  /** What it wrote about itself, newest last: for a person who looks for the reason of a failure. */
  log(): string
  stop(): Promise<void>
  /** After `stop`. */
  forget(): void
  folder: string
}

const CHECKOUT = join(import.meta.dirname, '../..')
const START_LIMIT_MS = 120_000
const STOP_LIMIT_MS = 20_000
const LOG_LINES = 30

export async function startPostkey(): Promise<StartedPostkey> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-walk-'))
  // PostgreSQL runs as another user when we are root, and has to reach its own folder in here.
  chmodSync(folder, 0o711)
  const dataFolder = join(folder, 'data')
  const child = spawn(process.execPath, ['--import', './scripts/node-24.js', 'scripts/start.ts'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      POSTKEY_DATA: dataFolder,
      POSTKEY_KEY_FILE: join(folder, 'key', 'keys'),
      PORT: String(await anyFreePort()),
    },
  })
  const exited = once(child, 'exit')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stdout.setEncoding('utf8')

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    await exited
    clearTimeout(late)
  }

  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Postkey is not up after ${START_LIMIT_MS} ms`)), START_LIMIT_MS)
      child.stdout.on('data', (text: string) => {
        said += text
        if (said.includes('Ctrl-C')) resolve()
      })
      void exited.then(() => reject(new Error(`Postkey did not start: ${said.trim()}`)))
      child.once('exit', () => clearTimeout(late))
      child.stdout.once('data', () => clearTimeout(late))
    })
    const shown = (label: string) => {
      const line = said.split('\n').find((each) => each.trimStart().startsWith(label))
      const url = /https?:\/\/\S+/.exec(line ?? '')?.[0]
      if (url === undefined) throw new Error(`the printed block has no "${label}": ${said}`)
      return url
    }
    return {
      address: shown('Address'),
      firstAdminLink: shown('First admin'),
      sandbox: {
        desk: shown('Start here'),
        portal: shown('Portal'),
        login: shown('Sign-in'),
        graph: shown('Microsoft Graph'),
      },
      log: () =>
        readFileSync(join(dataFolder, 'postkey.log'), 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n'),
      stop,
      forget: () => rmSync(folder, { recursive: true, force: true }),
      folder,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
