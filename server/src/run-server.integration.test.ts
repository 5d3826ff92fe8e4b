import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../test/kit/index.ts'

const SERVER = join(import.meta.dirname, 'main.ts')
const folder = mkdtempSync(join(tmpdir(), 'postkey-start-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { url } = await testDatabase()

describe('a server that cannot start', () => {
  it('writes one fatal entry with code, remedy, fix and exit code to its log, and the text for a person to standard error', async () => {
    const { code, output, errors } = await run({ DATABASE_URL: 'none', POSTKEY_KEY: 'topsecret' })

    expect(code).toBe(1)
    expect(JSON.parse(output)).toMatchObject({
      ...{ level: 60, code: 'config.faulty', remedy: 'admin', fix: expect.any(String) as string, exitCode: 1 },
      msg: 'Postkey could not start',
    })
    expect(errors).toContain('DATABASE_URL must begin with postgresql://')
    expect(output + errors).not.toContain('topsecret')
  })

  it('writes the fatal entry to LOG_FILE when the database does not exist', async () => {
    const log = join(folder, 'postkey.log')
    const missing = url.replace(/postkey_test_\w+/, 'postkey_missing')
    const { code, output, errors } = await run({
      ...{ DATABASE_URL: missing, PUBLIC_URL: 'http://localhost:1', LOG_FILE: log },
      POSTKEY_KEY_FILE: join(folder, 'keys'),
    })

    expect([code, output]).toEqual([1, ''])
    expect(fatalEntriesOf(log)).toMatchObject([{ code: 'database.refused', remedy: 'admin', exitCode: 1 }])
    expect(errors).toContain('database.refused')
  })

  it('writes the fatal entry to LOG_FILE although other settings are wrong', async () => {
    const log = join(folder, 'faulty.log')
    const { code, output } = await run({ DATABASE_URL: 'none', LOG_FILE: log })

    expect([code, output]).toEqual([1, ''])
    expect(fatalEntriesOf(log)).toMatchObject([{ code: 'config.faulty', exitCode: 1 }])
  })

  it('names a log file whose folder it may not write, on standard error', async () => {
    const { code, errors } = await run({ LOG_FILE: '/proc/sys/kernel/postkey.log' })

    expect(code).toBe(1)
    expect(errors).toContain('LOG_FILE lies in a folder that this process cannot write')
  })
})

function fatalEntriesOf(log: string): unknown[] {
  const entries = readFileSync(log, 'utf8').trimEnd().split('\n')
  return entries.map((entry) => JSON.parse(entry) as { level: number }).filter(({ level }) => level === 60)
}

async function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  })
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part))
  const [code] = (await once(child, 'close')) as unknown[]
  return { code, output, errors }
}
