import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'
import type { ProcessEnd } from './process/index.ts'
import { findDatabase, startTrial } from './trial.ts'
import { ask } from '../test/kit/empty-database.ts'

const PROGRAM = join(import.meta.dirname, 'program.ts')
const folder = mkdtempSync(join(tmpdir(), 'postkey-trial-'))
// As root, PostgreSQL runs as another user, who passes through.
chmodSync(folder, 0o711)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const port = await freePort()
const env = {
  PATH: process.env.PATH,
  PORT: String(port),
  POSTKEY_DATA: join(folder, 'data'),
  POSTKEY_KEY_FILE: join(folder, 'keys/keys'),
}

it('starts with a PostgreSQL of its own, which commands beside it use, and which ends with it', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'start'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  let said = ''
  await new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('There is no admin yet')) resolve()
    })
    void ended.then(() => resolve())
  })
  expect(said).toContain(`Postkey is at http://localhost:${port}\n`)
  const { url, leave } = await findDatabase(env)
  expect(await ask(url.reveal(), 'SELECT version FROM servers')).toHaveLength(1)
  await leave()

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(existsSync(join(folder, 'data/postgres/data/postmaster.pid'))).toBe(false)
}, 120_000)

it('has a valid environment without DATABASE_URL and PUBLIC_URL, and requires a key', () => {
  const [code, printed] = run(env, 'config', 'check')
  const [codeWithoutKey, faults] = run({ ...env, POSTKEY_KEY_FILE: undefined }, 'config', 'check')

  expect(printed).toMatch(/^DATABASE_URL +not set$/m)
  expect([code, codeWithoutKey]).toEqual([0, 1])
  expect(faults.match(/^\w+ is missing/gm)).toEqual(['POSTKEY_KEY_FILE is missing'])
})

it.each([
  ['a missing data folder', { ...env, POSTKEY_DATA: undefined }, 'POSTKEY_DATA is missing.'],
  ['a relative data folder', { ...env, POSTKEY_DATA: 'data' }, 'POSTKEY_DATA must be an absolute path.'],
  [
    'a key file in the data folder, where each copy of the data would have the key',
    { ...env, POSTKEY_KEY_FILE: join(folder, 'data/keys') },
    'POSTKEY_KEY_FILE lies in the data folder',
  ],
])('refuses %s before it starts anything', async (_what, environment, sentence) => {
  const unused = {} as ProcessEnd

  const failure = await startTrial(environment, unused, 3).catch((error: unknown) => error)

  expect(failure).toMatchObject({ code: 'config.faulty' })
  expect((failure as Error & { cause: Error }).cause.message).toContain(sentence)
})

function run(environment: Record<string, string | undefined>, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    encoding: 'utf8',
    env: environment,
  })
  return [status, stdout, stderr] as const
}
