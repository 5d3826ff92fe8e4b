import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { freePorts } from '../../../mail-servers/free-port.ts'

const PROGRAM = join(import.meta.dirname, '../../../sandbox/src/main.ts')
const START_TIMEOUT_MS = 60_000

export interface SandboxProcess {
  login: string
  graph: string
  portal: string
  controlPanel: string
  /** Port of its IMAP server, on localhost without TLS. */
  imapPort: number
  /** Port of its SMTP server, on localhost without TLS. */
  smtpPort: number
  /** Moves its clock forward by `ms`. */
  advance(ms: number): Promise<void>
  now(): Promise<Date>
}

/**
 * Starts a separate Microsoft 365 for this test file, with the sandbox's default scenario (every password is `PASSWORD`
 * of `sandbox-people.ts`). It is a separate program, reached only by HTTP: the server shares no line with it.
 */
export async function startSandboxProcess(): Promise<SandboxProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'postkey-sandbox-'))
  const [login, graph, portal, controlPanel, imap, smtp] = await freePorts(6)
  await writeFile(join(folder, 'ports.json'), JSON.stringify({ login, graph, portal, controlPanel, imap, smtp }))
  const child = spawn(process.execPath, [PROGRAM, '--data', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  let printed = ''
  child.stdout.on('data', (piece: Buffer) => (printed += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (printed += piece.toString()))
  afterAll(async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  })

  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the sandbox did not start: ${printed}`)), START_TIMEOUT_MS)
    void ended.then(() => reject(new Error(`the sandbox ended: ${printed}`)))
    child.stdout.on('data', () => {
      if (!printed.includes('Start here')) return
      clearTimeout(late)
      resolve()
    })
  })

  const at = (port: number | undefined) => `http://localhost:${port ?? 0}`
  const clockUrl = `${at(controlPanel)}/api/clock`
  return {
    login: at(login),
    graph: at(graph),
    portal: at(portal),
    controlPanel: at(controlPanel),
    imapPort: imap ?? 0,
    smtpPort: smtp ?? 0,
    async advance(ms) {
      const answer = await fetch(clockUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ byMs: ms }),
      })
      if (!answer.ok) throw new Error(`the clock of the sandbox did not move: ${await answer.text()}`)
    },
    async now() {
      return new Date(((await (await fetch(clockUrl)).json()) as { now: string }).now)
    },
  }
}
