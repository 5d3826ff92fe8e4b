/** Postkey as an admin starts it: by an npm command, known by what it prints, its log and its processes. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { allProcesses, processesBelow, type Process } from './processes.ts'

export interface Served {
  /** The command that was started, npm unless told otherwise. */
  child: ChildProcess
  /** Standard error, and standard output unless that is the log. */
  printed(): string
  /** Entries of the log, oldest first. */
  log(): LogEntry[]
  readonly firstAdminLink: string
  /** The process that runs the server. */
  serverPid(): number | undefined
  isRunning(): boolean
  exited: Promise<number | NodeJS.Signals>
  /** SIGTERM to the command, SIGKILL to all of its processes after 20 s. */
  stop(): Promise<void>
}

export interface LogEntry {
  time: number
  level: number
  msg: string
  /** The line as it was written. */
  text: string
}

export interface ServeOptions {
  environment: Record<string, string>
  /** Standard output of `npm run serve`. */
  logFile: string
  command?: readonly string[]
  /** Programs before the command, such as `prlimit`. */
  before?: readonly string[]
  /** Printed when the command is up. */
  isUp?: string
  limitMs?: number
}

const CHECKOUT = join(import.meta.dirname, '../..')
/** For a start that hangs: a machine that tests many things at once is slow. */
const START_LIMIT_MS = 150_000
const STOP_LIMIT_MS = 20_000
/** Scripts that run the server. */
const SERVERS = ['server/src/main.ts', 'scripts/start.ts']

/** Starts the command without waiting for it. */
export function launch({ environment, logFile, command = ['npm', 'run', 'serve'], before = [] }: ServeOptions): Served {
  const output = openSync(logFile, 'a')
  const stdio: StdioOptions = ['ignore', output, 'pipe']
  const [program, ...args] = [...before, ...command]
  const child = spawn(program!, args, { cwd: CHECKOUT, stdio, env: environment })
  closeSync(output)
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
  const exited = (once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>).then(
    ([code, signal]) => code ?? signal ?? 0,
  )
  const loggedBefore = existsSync(logFile) ? statSync(logFile).size : 0
  const logged = () => (existsSync(logFile) ? readFileSync(logFile).subarray(loggedBefore).toString('utf8') : '')
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const printed = () => said + logged()

  return {
    ...{ child, exited, isRunning, printed },
    log: () => parseEntries(logged()),
    get firstAdminLink() {
      const link = /https?:\/\/\S+#\S+/.exec(printed())?.[0]
      if (link === undefined) throw new Error(`no link for the first admin: ${said}`)
      return link
    },
    serverPid: () => servers().find((each) => each.isAlive())?.pid,
    async stop() {
      // Includes servers that npm has left behind.
      const processes = new Map([...processesBelow(child.pid!), ...servers()].map((each) => [each.pid, each]))
      if (isRunning()) child.kill('SIGTERM')
      const limit = performance.now() + STOP_LIMIT_MS
      const left = () => [...processes.values()].filter((each) => each.isAlive())
      while (left().length > 0 && performance.now() < limit) await pause(50)
      for (const { pid } of left()) process.kill(pid, 'SIGKILL')
      while (left().length > 0) await pause(20)
    },
  }
}

/** All servers of this process namespace, which is ours alone. */
function servers(): Process[] {
  return allProcesses().filter(({ command }) => SERVERS.some((script) => command.some((word) => word.endsWith(script))))
}

/** Starts the command and waits until it is up. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { isUp = 'Postkey is at', limitMs = START_LIMIT_MS } = options
  const served = launch(options)
  const limit = performance.now() + limitMs
  while (!served.printed().includes(isUp)) {
    if (!served.isRunning() || performance.now() > limit) {
      await served.stop()
      throw new Error(`Postkey does not start: ${served.printed().slice(-2000)}`)
    }
    await pause(50)
  }
  return served
}

export function parseEntries(text: string): LogEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Omit<LogEntry, 'text'>
      return [{ ...entry, text: line }]
    } catch {
      return []
    }
  })
}
