/** A bundle of a real installation, searched for everything that it must not contain. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createCommandLine } from '../../../test/cli/command-line.ts'
import { createTestApp, createTestClock, readZip, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { createLog } from '../../kernel/log.ts'
import { VERSION } from '../../kernel/version.ts'

const PROGRAM = join(import.meta.dirname, '../../program.ts')
const folder = mkdtempSync(join(tmpdir(), 'postkey-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))
const log = join(folder, 'postkey.log')
const database = await testDatabase()
const { pool } = database
const clock = createTestClock()
const { rooms, person } = await createTestApp(database, clock)
const env = {
  LOG_FILE: log,
  LOG_LEVEL: 'warn',
  DATABASE_URL: 'postgresql://postkey:canary-password@canary-host/postkey',
}
const { run, json } = createCommandLine({ ...rooms, clock } as never, env)

const KEY = 'postkey_Canary9Q2xvdWRzLWFyZS1ub3Qta2V5cw'
const JWT = 'eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOnRydWV9.Y2FuYXJ5LXNpZ25hdHVyZQ'
const CANARIES = ['canary', 'Canary', 'Q2xvdWRzLWFyZS1ub3Qta2V5cw', 'Y2FuYXJ5LXNpZ25hdHVyZQ', '192.0.2.7', '10.8.0.5']

describe('support-bundle', async () => {
  const { id, cloudProviderId } = await storeEmailAccount(database, clock, {
    address: 'canary-box@canary-mail.example',
  })
  await person('admin')
  await pool.query(`UPDATE email_accounts SET name = 'Canary desk', contact = 'canary@canary.example'`)
  await pool.query(`UPDATE cloud_providers SET name = 'Canary "Ltd"', contact = 'canary@canary.example'`)
  await pool.query(`UPDATE grants SET user_name = 'canary-box@canary-mail.example', display_name = 'Canary Person'`)
  await pool.query(
    `INSERT INTO provider_credentials (id, cloud_provider_id, kind, sealed, key_id, hint, description, ends_at, works_since,
       created_at)
     SELECT gen_random_uuid(), id, 'secret', 'canary-secret', 'stored', 'can', 'Canary secret', $1, $1, $1 FROM cloud_providers`,
    [clock.now()],
  )
  await pool.query(
    `INSERT INTO incidents (id, cause, cause_key, subject_name, code, since, opened_at, detail)
     VALUES (gen_random_uuid(), 'person', 'x', 'Canary Person', 'tokens.grant_ended', $1, $1, 'canary detail')`,
    [clock.now()],
  )
  let entries = ''
  const writer = createLog({ destination: { write: (line: string) => void (entries += line) } })
  writer.info({ subject: 'Canary: an order', remoteAddress: '192.0.2.7', user: 'Canary Person' }, 'request refused')
  const cause = new Error(`501 canary-box@canary-mail.example at imaps://canary:canary@mail.example with ${JWT}`)
  writer.warn({ err: new AppError('transports.unavailable', { cause, detail: 'canary-detail' }) }, `lost ${KEY}`)
  const refused = new Error(
    'connect ECONNREFUSED 10.8.0.5:993 at imap.canary.example, of Canary Person for Canary desk',
  )
  const upstream = { code: 'Refused', error: 'Canary desk', claims: 'canary claims' }
  writer.warn({ err: new AppError('transports.unavailable', { cause: refused, upstream }) }, 'lost')
  writeFileSync(`${log}.1`, 'a line of canary in another format\n')
  writeFileSync(log, entries)

  it('has every part, and none of the names, addresses, secrets and contents of the installation', async () => {
    const path = join(folder, 'bundle.zip')
    const result = await json('support-bundle', path)

    expect(result).toMatchObject({ path, missing: [] })
    expect((await rooms.people.audit.list({ limit: 1 }))[0]).toMatchObject({
      ...{ actor: 'cli', action: 'support_bundle.created', detail: { path, sizeBytes: statSync(path).size } },
    })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const files = readZip(readFileSync(path))
    for (const canary of CANARIES) {
      expect(
        Object.keys(files).filter((name) => files[name]!.includes(canary)),
        canary,
      ).toEqual([])
    }
    const key = (await rooms.emailAccounts.get(id)).key
    expect(part(files, 'about.json')).toMatchObject({ version: VERSION, node: process.versions.node })
    expect(part(files, 'config.json')).toContainEqual({ name: 'LOG_LEVEL', state: 'set', default: 'info' })
    expect(files['doctor.txt']).toContain(`[Cloud Provider ${cloudProviderId}]`)
    expect(part(files, 'incidents.json')).toMatchObject([{ cause: 'person', code: 'tokens.grant_ended' }])
    expect(part(files, 'mailboxes.json')).toMatchObject([{ id, key, state: 'connected', receivesBy: 'graph' }])
    expect(part(files, 'cloud-providers.json')).toMatchObject([
      { credentials: [{ kind: 'secret', standing: 'works' }] },
    ])
    expect(part(files, 'servers.json')).toEqual([])
    expect(files['metrics.txt']).toContain(`postkey_account_state{account="${key}",state="connected"} 1`)
    expect(part(files, 'database.json')).toMatchObject({
      sizeBytes: expect.any(Number) as number,
      migrations: expect.arrayContaining([
        { name: '0001_events.sql', appliedAt: expect.any(String) as string },
      ]) as unknown,
      tables: expect.arrayContaining([expect.objectContaining({ name: 'events' })]) as unknown,
    })
    const lines = files['log.ndjson']!.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines).toMatchObject([
      { msg: 'request refused' },
      {
        msg: 'lost [removed]',
        err: { code: 'transports.unavailable', cause: { message: expect.any(String) as string } },
      },
      {
        err: {
          upstream: { code: 'Refused', error: `[mailbox ${key}]` },
          cause: {
            message: `connect ECONNREFUSED [IP address]:993 at [host], of [user] for [mailbox ${key}]`,
            stack: expect.stringMatching(/^ +at /) as string,
          },
        },
      },
      { omittedLines: 1 },
    ])
  })

  it('does not change an existing file', async () => {
    const path = join(folder, 'existing.zip')
    writeFileSync(path, 'kept')

    expect(await json('support-bundle', path)).toMatchObject({ error: { code: 'cli.file_exists' } })
    expect(readFileSync(path, 'utf8')).toBe('kept')
    expect(await json('support-bundle', join(folder, 'no/where.zip'))).toMatchObject({
      error: { code: 'cli.write_failed' },
    })
  })

  it('names the log as missing when it does not exist, with exit code 1', async () => {
    const path = join(folder, 'no-log.zip')
    const { code, printed } = await run('support-bundle', path, '--log', join(folder, 'none'))

    expect(code).toBe(1)
    expect(printed).toContain('Missing: log.ndjson. ENOENT')
  })

  it('has what can be read while the database is down, and names the rest', () => {
    const path = join(folder, 'down.zip')
    const { status, stdout } = spawnSync(process.execPath, [PROGRAM, 'support-bundle', path, '--json'], {
      encoding: 'utf8',
      env: {
        ...{ PATH: process.env.PATH, LOG_FILE: log, PUBLIC_URL: 'http://localhost:1' },
        ...{
          POSTKEY_KEY_FILE: join(folder, 'keys'),
          DATABASE_URL: 'postgresql://postkey:canary-password@127.0.0.1:1/postkey',
        },
      },
    })

    expect(status).toBe(1)
    const missing = [
      'incidents.json',
      'mailboxes.json',
      'cloud-providers.json',
      'servers.json',
      'metrics.txt',
      'database.json',
    ]
    expect(JSON.parse(stdout)).toMatchObject({
      files: ['about.json', 'config.json', 'doctor.txt', 'log.ndjson'],
      missing: missing.map((name) => ({ name, code: 'database.unavailable' })),
    })
    const files = readZip(readFileSync(path))
    expect(files['doctor.txt']).toContain('database.unavailable')
    expect(files['README.txt']).toContain('Missing: mailboxes.json.')
    // The names are in the database.
    for (const canary of CANARIES) expect(JSON.stringify(files)).not.toContain(canary)
    const { err } = JSON.parse(files['log.ndjson']!.split('\n')[2]!) as { err: object }
    const stack = expect.stringMatching(/^ +at /) as string
    expect(err).toEqual({
      ...{ type: 'AppError', code: 'transports.unavailable', remedy: 'wait', stack },
      cause: { type: 'Error', stack },
    })
  })
})

function part(files: Readonly<Record<string, string>>, name: string): unknown {
  return JSON.parse(files[name]!)
}
