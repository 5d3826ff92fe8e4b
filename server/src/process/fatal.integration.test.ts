import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const PROGRAM = join(import.meta.dirname, '../../test/process/fatal.ts')
const folder = mkdtempSync(join(tmpdir(), 'postkey-fatal-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('an uncaught error', () => {
  it.each([
    ['throw', 'Cannot read properties of undefined'],
    ['reject', 'nobody waits'],
    ['stream', 'nobody listens'],
  ])('ends the process with one fatal entry in the log (%s)', async (how, message) => {
    const log = join(folder, `${how}.log`)
    const { code, errors } = await run([how, log])

    expect(code).toBe(70)
    const entries = readFileSync(log, 'utf8').trimEnd().split('\n')
    expect(entries).toHaveLength(1)
    expect(JSON.parse(entries[0]!)).toMatchObject({
      ...{ level: 60, code: 'kernel.unexpected', remedy: 'bug', fix: expect.any(String) as string, exitCode: 70 },
      err: { message: expect.stringContaining(message) as string, stack: expect.any(String) as string },
    })
    expect(errors).toContain(message)
    expect(`${entries[0]}${errors}`).not.toContain('topsecret')
  })

  it('is logged after the lines that were buffered before it', async () => {
    const log = join(folder, 'buffered.log')
    await run(['buffered', log])

    const entries = readFileSync(log, 'utf8').trimEnd().split('\n')
    const texts = entries.map((entry) => (JSON.parse(entry) as { msg: string }).msg)
    const fatal = texts.findIndex((text) => text.startsWith('Postkey stopped'))
    // The first line is being written when the process ends, and may arrive later.
    expect(texts.slice(0, fatal).filter((text) => text !== 'line 0')).toEqual(
      Array.from({ length: 9 }, (_, n) => `line ${n + 1}`),
    )
  })

  it('is written to standard output when that is the log', async () => {
    const { output } = await run(['throw'])

    expect(JSON.parse(output)).toMatchObject({ level: 60 })
  })

  it('is reported on standard error when the disk of the log is full', async () => {
    const { code, errors } = await run(['throw', '/dev/full'])

    expect(code).toBe(70)
    expect(errors).toContain('The log could not be written')
    expect(errors).toContain('"level":60')
  })

  it('ends the process although standard output and standard error are on a full disk', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [PROGRAM, 'throw'], { stdio: ['ignore', full, full] })

    expect(await once(child, 'exit')).toEqual([70, null])
  })

  it('ends the process although nothing reads its output', async () => {
    const filled = `process.stdout.write('x'.repeat(1_000_000)); process.stderr.write('x'.repeat(1_000_000))`
    const preload = `data:text/javascript,${encodeURIComponent(filled)}`
    const child = spawn(process.execPath, ['--import', preload, PROGRAM, 'throw'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })

    expect(await once(child, 'exit')).toEqual([70, null])
  })
})

async function run(words: string[]): Promise<{ code: unknown; output: string; errors: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part))
  const [code] = (await once(child, 'close')) as unknown[]
  return { code, output, errors }
}
