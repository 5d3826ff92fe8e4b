/** Runs the programs of guides as their readers do: from a file, in an empty folder, with variables. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from './guide-pages.ts'
import { waitUntil } from './wait-until.ts'

const CLIENT = join(import.meta.dirname, '../../client')
/** Ends a program that doesn't end by itself. */
const HANGS_MS = 60_000

export const FILES = { ts: 'guide.mts', python: 'guide.py', sh: 'guide.sh' } as const
const COMMANDS = { ts: process.execPath, python: 'python3', sh: 'sh' } as const

export interface RunningProgram {
  /** Waits until the output contains a text; fails with the output when the program ends without it. */
  printed(text: string): Promise<void>
  /** Output so far. */
  output(): string
  /** Writes a line to standard input. */
  enter(line: string): void
  /** Waits for the end; fails when the program fails. */
  ended(): Promise<string>
  stop(): Promise<void>
}

/** Makes `@postkey/client` known to TypeScript programs below a folder. */
export function linkClient(top: string): void {
  mkdirSync(join(top, 'node_modules/@postkey'), { recursive: true })
  symlinkSync(CLIENT, join(top, 'node_modules/@postkey/client'))
}

/** A new folder with a program in it. */
export function storeProgram(top: string, language: Language, source: string): string {
  const folder = mkdtempSync(join(top, `${language}-`))
  writeFileSync(join(folder, FILES[language]), source)
  return folder
}

export function runProgram(folder: string, language: Language, env: NodeJS.ProcessEnv): RunningProgram {
  const child = spawn(COMMANDS[language], [FILES[language]], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // `sh` has children of its own, which end with it.
    detached: true,
  })
  const closed = once(child, 'close')
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const hangs = setTimeout(() => kill(child), HANGS_MS)
  void closed.then(() => clearTimeout(hangs))

  return {
    async printed(text) {
      await waitUntil(`"${text}" in the output`, () => {
        if (child.exitCode !== null && !output.includes(text))
          throw new Error(`Ended without "${text}": ${output}\n${errors}`)
        return output.includes(text)
      })
    },
    output: () => output,
    enter: (line) => void child.stdin.write(`${line}\n`),
    async ended() {
      const [code] = (await closed) as [number | null]
      if (code !== 0) throw new Error(`Exit code ${code}: ${output}\n${errors}`)
      return output
    },
    async stop() {
      kill(child)
      await closed
    },
  }
}

function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (exitCode === null && signalCode === null) process.kill(-pid!, 'SIGTERM')
}
