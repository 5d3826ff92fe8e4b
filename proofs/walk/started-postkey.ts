/** Postkey as a user starts it: by its own command, in a folder of its own, known only by its output. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../mail-servers/free-port.ts'
import { recorderOption } from '../canary/exchange.ts'

export interface StartedPostkey {
  pid: number
  address: string
  /** @throws {Error} when none was printed, as there is an admin already */
  readonly firstAdminLink: string
  sandbox: { controlPanel: string; portal: string; login: string; graph: string }
  /** Log of the server, newest last, to find the reason of a failure. */
  log(): string
  /** Output at the terminal. */
  printed(): string
  place: Place
  stop(): Promise<void>
  /** As the system ends a process that takes too much. */
  kill(): Promise<void>
  /** After `stop`. */
  forget(): Promise<void>
}

/** Files and port of one Postkey, kept across restarts. */
export interface Place {
  folder: string
  dataFolder: string
  keyFile: string
  logFile: string
  /** Folder of the recorded HTTP exchanges, if any. */
  exchanges: string
  port: number
  /** Database on a PostgreSQL that runs already. Without it, the PostgreSQL in the data folder. */
  database?: ExternalDatabase
}

export interface ExternalDatabase {
  url: string
  /** Data folder of its PostgreSQL, which contains the log and the password. */
  folder: string
  drop(): Promise<void>
}

export interface StartOptions {
  /** A new one when absent. */
  place?: Place
  /** Recording of HTTP exchanges: with or without their bodies. */
  record?: 'bodies' | 'heads'
  logLevel?: string
  /** Relays and webhooks on this machine that alerts may go to: `host:port`. */
  alertHosts?: string
  /** Mail servers on this machine that mailboxes with a password may lie at: `host:port`, with commas between. */
  mailHosts?: string
}

const CHECKOUT = join(import.meta.dirname, '../..')
const START_LIMIT_MS = 120_000
const STOP_LIMIT_MS = 20_000
const LOG_LINES = 30

/** A new place, or the one in an existing folder with other ports. */
export async function newPlace(folder = mkdtempSync(join(tmpdir(), 'postkey-walk-'))): Promise<Place> {
  const dataFolder = join(folder, 'data')
  const exchanges = join(folder, 'exchanges')
  for (const each of [dataFolder, exchanges]) mkdirSync(each, { recursive: true })
  // PostgreSQL runs as another user when we are root, and has to reach its own folder in here.
  for (const open of [folder, dataFolder]) chmodSync(open, 0o711)
  await choosePorts(join(dataFolder, 'sandbox'))
  return {
    folder,
    dataFolder,
    keyFile: join(folder, 'key', 'keys'),
    logFile: join(dataFolder, 'postkey.log'),
    exchanges,
    port: await freePort(),
  }
}

/** Two sandboxes that start at the same moment would both find the usual ports free. */
async function choosePorts(sandboxFolder: string): Promise<void> {
  const ports: Record<string, number> = {}
  for (const part of ['login', 'graph', 'portal', 'controlPanel', 'imap', 'smtp']) ports[part] = await freePort()
  mkdirSync(sandboxFolder, { recursive: true })
  writeFileSync(join(sandboxFolder, 'ports.json'), JSON.stringify(ports))
}

export async function startPostkey(options: StartOptions = {}): Promise<StartedPostkey> {
  const { record, logLevel, alertHosts, mailHosts } = options
  const place = options.place ?? (await newPlace())
  const child = spawn(process.execPath, ['--import', './scripts/node-24.js', 'scripts/start.ts'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      POSTKEY_DATA: place.dataFolder,
      POSTKEY_KEY_FILE: place.keyFile,
      PORT: String(place.port),
      ...(place.database && { DATABASE_URL: place.database.url }),
      ...(logLevel && { LOG_LEVEL: logLevel }),
      ...(alertHosts && { POSTKEY_ALERT_HOSTS: alertHosts }),
      ...(mailHosts && { POSTKEY_MAIL_HOSTS: mailHosts }),
      ...(record && { NODE_OPTIONS: recorderOption(place.exchanges, { bodies: record === 'bodies' }) }),
    },
  })
  const exited = once(child, 'exit')
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stdout.setEncoding('utf8')

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    await exited
    clearTimeout(late)
  }

  const shown = (label: string) => {
    const line = printed.split('\n').find((each) => each.trimStart().startsWith(label))
    const url = /https?:\/\/\S+/.exec(line ?? '')?.[0]
    if (url === undefined) throw new Error(`the printed block has no "${label}": ${printed}`)
    return url
  }

  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Postkey is not up after ${START_LIMIT_MS} ms`)), START_LIMIT_MS)
      child.stdout.on('data', (text: string) => {
        printed += text
        if (!printed.includes('Ctrl-C')) return
        clearTimeout(late)
        resolve()
      })
      void exited.then(() => {
        clearTimeout(late)
        reject(new Error(`Postkey did not start: ${printed.trim()}`))
      })
    })
    return {
      pid: child.pid!,
      address: shown('Address'),
      get firstAdminLink() {
        return shown('First admin')
      },
      sandbox: {
        controlPanel: shown('Start here'),
        portal: shown('Portal'),
        login: shown('Sign-in'),
        graph: shown('Microsoft Graph'),
      },
      log: () => lastLines(place.logFile),
      printed: () => printed,
      place,
      stop: () => end('SIGTERM'),
      kill: () => end('SIGKILL'),
      forget: async () => {
        rmSync(place.folder, { recursive: true, force: true })
        await place.database?.drop()
      },
    }
  } catch (error) {
    await end('SIGTERM')
    throw error
  }
}

/** Empty as long as nothing was logged. */
function lastLines(file: string): string {
  if (!existsSync(file)) return ''
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n')
}
