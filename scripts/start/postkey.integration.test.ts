import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, describe, expect, it } from 'vitest'
import { createDatabase, migrate, startEmbeddedPostgres } from '../../server/src/database/index.ts'
import { systemClock } from '../../server/src/kernel/clock.ts'
import { makeEncryptionKey } from '../../server/src/kernel/key-ring.ts'
import { ask, createEmptyDatabase } from '../../server/test/kit/empty-database.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
/** Not in a temporary folder that only its owner may enter. */
const top = mkdtempSync('/var/tmp/postkey-cli-')
chmodSync(top, 0o711)
afterAll(() => rmSync(top, { recursive: true, force: true }))

// The tests share one data folder; each continues from the result of the previous one.
describe('npm run postkey', { timeout: 120_000 }, () => {
  const folder = join(top, 'data')
  const keyFile = join(top, 'keys')
  const postkey = (...argv: string[]) => run(argv, { POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })

  it('reports a missing installation and creates none', async () => {
    const { code, error } = await postkey('status')

    expect(code).toBe(3)
    expect(error).toContain('database.not_found_in_folder')
    expect(() => chmodSync(folder, 0o711)).toThrow('ENOENT')
  })

  it('uses the PostgreSQL of a running installation, leaves it running, and does not migrate', async () => {
    const { id, key } = makeEncryptionKey()
    writeFileSync(keyFile, `${id} ${key.toString('base64')}\n`, { mode: 0o600 })
    mkdirSync(folder, { mode: 0o711 })
    writeFileSync(join(folder, 'port'), '8411\n')
    const running = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
    try {
      expect((await postkey('status')).error).toContain('database.older_than_code')

      const database = await createDatabase(running.url)
      await migrate(database, systemClock)
      const { code, output } = await postkey('status')
      expect([code, output]).toEqual([0, 'No Cloud Providers and no Email Accounts yet.\n'])
      expect((await postkey('user', 'create-admin', 'ada@contoso.example')).output).toMatch(
        /^ {2}http:\/\/localhost:8411\/join#[\w-]{43}$/m,
      )
      await expect(database.db.selectFrom('cloud_providers').selectAll().execute()).resolves.toEqual([])
      await database.pool.query(`SELECT append_event('a.b', NULL, 'moved', '{}', now())`)
      await database.close()
    } finally {
      await running.stop()
    }
  })

  it('starts PostgreSQL when none runs, and stops it afterward', async () => {
    const { code, output } = await postkey('status', '--json')

    expect([code, JSON.parse(output)]).toEqual([0, { lines: [] }])
    // Proves that the lock was released and no other process uses the data.
    const again = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
    expect(again.adopted).toBe(false)
    await again.stop()
  })

  it('moves the database from its folder to an external PostgreSQL, and back to a new folder', async () => {
    const external = await createEmptyDatabase('external')
    const backups = join(top, 'backups')
    mkdirSync(backups)
    const there = { DATABASE_URL: external.url }
    const back = { POSTKEY_DATA: join(top, 'new'), POSTKEY_KEY_FILE: keyFile }

    const identity = await generateX25519Identity()
    writeFileSync(join(top, 'identity'), `# a comment\n${identity}\n`)
    const recipient = await identityToRecipient(identity)
    const out = await run(['backup', backups], {
      ...{ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile, POSTKEY_BACKUP_RECIPIENTS: recipient },
    })
    const [file] = readdirSync(backups) as [string]
    const path = join(backups, file)
    expect(out.output).toMatch(/backup\.zst\.age: .+ rows[^]*The key file is not included/)
    expect((await run(['restore', path, '--identity', join(top, 'identity')], there)).output).toContain('Restored')
    expect(await ask(external.url, 'SELECT subject_id FROM events')).toEqual([{ subject_id: 'moved' }])

    const again = await run(['backup', join(top, 'again'), '--json'], there)
    const { path: second, sha256 } = JSON.parse(again.output) as { path: string; sha256: string }
    // Its age is known to the server of that database.
    const recorded = await ask(external.url, 'SELECT path FROM backups')
    expect(recorded).toEqual([{ path: second }])
    const restored = await run(['restore', second, '--json'], back)
    expect(JSON.parse(restored.output)).toMatchObject({ sha256, migrated: [] })
    await external.drop()
  })

  it('refuses a damaged backup before it creates a folder or connects', async () => {
    const altered = join(top, 'altered')
    writeFileSync(altered, readFileSync(join(top, 'again')).subarray(0, -1))
    const none = { POSTKEY_DATA: join(top, 'none'), POSTKEY_KEY_FILE: keyFile }

    const { code, output } = await run(['restore', altered, '--json'], none)

    expect([code, JSON.parse(output)]).toMatchObject([3, { error: { code: 'backup.damaged', remedy: 'admin' } }])
    expect(existsSync(join(top, 'none'))).toBe(false)
  })

  it.each([
    ['ends without an error when its reader has read enough', 'completion bash', 'pipe', 0, ''],
    ['fails when its output can’t be written', 'completion bash', openSync('/dev/full', 'w'), 3, 'ENOSPC'],
    ['fails when a secret is not read', 'keys make', 'pipe', 3, 'before the secret was read'],
  ] as const)('%s', async (_what, command, output, expected, said) => {
    const child = spawn(process.execPath, ['scripts/postkey.ts', ...command.split(' ')], {
      cwd: CHECKOUT,
      env: { PATH: process.env.PATH, HOME: top },
      stdio: ['ignore', output, 'pipe'],
    })
    child.stdout?.destroy()
    let error = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (error += text))
    const [code] = (await once(child, 'close')) as [number]

    expect(code).toBe(expected)
    expect(error).toContain(said)
    expect(error).not.toContain('at ')
  })

  it('keeps the exit code of its result when nothing reads its errors', async () => {
    const child = spawn(process.execPath, ['scripts/postkey.ts', 'none'], {
      cwd: CHECKOUT,
      env: { PATH: process.env.PATH, HOME: top },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.destroy()

    expect(await once(child, 'close')).toEqual([2, null])
  })

  it('fails by an unexpected error, with the code of a failed command', async () => {
    const preload = `process.on('newListener', (name) => {
      if (name === 'uncaughtException') setImmediate(() => { throw new TypeError('not expected') })
    })`
    const { code, error } = await run(['version'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
    })

    expect([code, error]).toEqual([3, expect.stringContaining('not expected')])
  })

  it('uses the environment of npm run serve unchanged', async () => {
    const { code, error } = await run(['status'], {
      POSTKEY_DATA: folder,
      POSTKEY_KEY_FILE: keyFile,
      PUBLIC_URL: 'https://mail.example.com',
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    })

    expect([code, error.includes('database.unavailable')]).toEqual([3, true])
  })
})

async function run(argv: string[], env: Record<string, string>) {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/postkey.ts', ...argv], {
      cwd: CHECKOUT,
      env: { PATH: process.env.PATH, HOME: top, ...env },
    })
    return { code: 0, output: stdout, error: '' }
  } catch (failed) {
    const { code, stdout, stderr } = failed as { code: number; stdout: string; stderr: string }
    return { code, output: stdout, error: stderr }
  }
}
