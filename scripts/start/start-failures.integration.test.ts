/** Failing starts: each ends within its time limit, reports the reason, and leaves no process behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startStep } from './start-step.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const top = mkdtempSync('/var/tmp/postkey-start-failures-')
chmodSync(top, 0o711)
afterAll(() => rmSync(top, { recursive: true, force: true }))

describe('a failing start', { timeout: 60_000 }, () => {
  it('names the sandbox port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const folder = join(top, 'data')
    mkdirSync(join(folder, 'sandbox'), { recursive: true })
    for (const each of [folder, join(folder, 'sandbox')]) chmodSync(each, 0o711)
    writeFileSync(
      join(folder, 'sandbox/ports.json'),
      JSON.stringify({ login: port, graph: 1, portal: 2, controlPanel: 3, imap: 4, smtp: 5 }),
    )
    const child = spawn('npm', ['start'], {
      cwd: CHECKOUT,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: top, POSTKEY_DATA: folder, POSTKEY_KEY_FILE: join(top, 'keys') },
    })
    let complaints = ''
    child.stderr.setEncoding('utf8').on('data', (part: string) => (complaints += part))

    const [code] = (await once(child, 'close')) as unknown[]

    taken.close()
    expect(code).toBe(1)
    expect(complaints).toContain('The sandbox does not start.')
    expect(complaints).toContain(`Port ${port} (login) is taken by another program`)
    expect(complaints).toContain('npm start -- --without-sandbox')
  })
})

describe('a step of the start', () => {
  const { signal } = new AbortController()

  it('ends at its time limit with an instruction, after a warning that it is slow', async () => {
    const printed: string[] = []
    const step = startStep({
      name: 'Starting PostgreSQL',
      limitMs: 60,
      slowMs: 20,
      fix: 'See the log.',
      run: () => new Promise(() => undefined),
      print: (line) => printed.push(line),
      signal,
    })

    await expect(step).rejects.toThrow('Starting PostgreSQL did not finish within 0.06 seconds. See the log.')
    expect(printed).toEqual(['Starting PostgreSQL is taking long; at most 0.06 seconds.'])
  })

  it('is aborted, and no further step begins, once the process is to end', async () => {
    const ending = new AbortController()
    const options = { name: 'Step', limitMs: 1000, fix: '', signal: ending.signal }
    const step = startStep({ ...options, run: async () => ending.abort() })

    await expect(step).rejects.toMatchObject({ name: 'AbortError' })
    await expect(startStep({ ...options, run: () => Promise.resolve() })).rejects.toMatchObject({ name: 'AbortError' })
  })
})
