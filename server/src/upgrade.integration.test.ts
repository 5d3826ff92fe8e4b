/**
 * Upgrades of kept databases: a backup of each released version is restored, migrated and used by this version.
 *
 * `npm run keep-database` writes the file of the version in `package.json`, before its release, which is refused without
 * it. Until then, a file that lacks a change of a migration is made again here. That of a released version never changes.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createBackup, restoreBackup, verifyBackup } from './backup/index.ts'
import { createDatabase, migrate, readMigrations, requireMigrated, type Database } from './database/index.ts'
import { Secret } from './kernel/secret.ts'
import { VERSION } from './kernel/version.ts'
import {
  checksums,
  createEmptyDatabase,
  createTestApp,
  createTestClock,
  silentLog,
  TEST_PASSWORD,
  WAIT,
  withClient,
} from '../test/kit/index.ts'
import { StrictMailServer } from '../test/kit/strict-mail-server.ts'
import { listEmptyTables } from '../test/kit/kept-databases/fill-tables.ts'
import { findLocks, readDeclaration } from '../test/kit/kept-databases/migration-locks.ts'
import { KEPT, KEPT_AT, makeDatabaseToKeep } from '../test/kit/kept-databases/keep-database.ts'

const FOLDER = join(import.meta.dirname, '../test/kit/kept-databases')
const MOST_BYTES = 300_000
const OWN = `${VERSION}.backup.zst`

const scratch = mkdtempSync(join(tmpdir(), 'postkey-upgrade-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const kept = readdirSync(FOLDER).filter((name) => name.endsWith('.backup.zst'))
const paths = kept.filter((name) => name !== OWN).map((name) => join(FOLDER, name))
// While this version is not released, its migrations change more often than its file.
if (process.env['POSTKEY_TEST_KEEP']) paths.push(await keep(join(FOLDER, OWN)))
else paths.push((await isCurrent()) ? join(FOLDER, OWN) : await keep(join(scratch, OWN)))
const files = paths.map((path) => ({ name: basename(path), path }))

describe.each(files)('the database of $name', async (file) => {
  const target = await createEmptyDatabase(`upgrade_${files.indexOf(file)}`)
  const { content, migrated } = await restoreBackup(file.path, {
    ...{ findDatabase: () => Promise.resolve(new Secret(target.url)), clock: createTestClock(KEPT_AT), log: silentLog },
    overwrite: false,
  })
  const database = await createDatabase(target.url, { log: silentLog })
  afterAll(async () => {
    await database.close()
    await target.drop()
  })
  const clock = createTestClock('2026-05-06T09:00:00Z')
  const server = new StrictMailServer(clock)
  const { ask, rooms, sendingWorker } = await createTestApp(database, clock, {
    transports: (composed) => ({ ...composed, open: () => Promise.resolve(server.transport()) }),
  })

  it('is migrated to this version, and had rows in every table', async () => {
    const ours = readMigrations().map(({ name }) => name)
    expect([...content.header.migrations.map(({ name }) => name), ...migrated]).toEqual(ours)
    await requireMigrated(database)
    expect((await stat(file.path)).size).toBeLessThan(MOST_BYTES)
    const before = content.tables.filter(({ name, rows }) => rows === 0 && !name.startsWith('search_entries'))
    expect(before.map(({ name }) => name)).toEqual([])
    const emptied = (await withClient(target.url, listEmptyTables)).filter((name) =>
      content.tables.some((table) => table.name === name),
    )
    expect(emptied).toEqual([])
  })

  it('is used: sign-in, list, conversation, search, draft, note, and an answer that is sent', async () => {
    const signedIn = await rooms.people.sessions.signIn({
      ...{ email: KEPT.agent, password: new Secret(TEST_PASSWORD), clientAddress: '192.0.2.1' },
    })
    const as = { cookie: signedIn.setCookies.map((line) => line.split(';')[0]).join('; ') }
    const read = async <Body>(at: string) => {
      const answer = await ask(at, { as })
      expect(answer.status, `${at}: ${answer.text}`).toBe(200)
      return answer.body as Body
    }
    type List = { conversations: { id: string; subject: string; emailAccountId: string }[] }
    const all = await read<List>('GET /v1/conversations?view=all')
    expect(all.conversations.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['Broken kettle', 'Invoice', 'Old question']),
    )
    const found = await read<List>(`GET /v1/conversations?view=all&search=${KEPT.word}`)
    const { id, emailAccountId } = found.conversations.find(({ subject }) => subject === 'Broken kettle')!
    const { messages, lastAnswerId } = await read<{
      messages: { id: string; hasAttachments: boolean }[]
      lastAnswerId: string | null
    }>(`GET /v1/conversations/${id}`)
    expect(messages.length).toBeGreaterThanOrEqual(2)
    expect((await ask(`POST /v1/conversations/${id}/notes`, { as, body: { body: 'After the upgrade.' } })).status).toBe(
      201,
    )

    const { drafts } = await read<{ drafts: { content: { subject: string }; attachments: unknown[] }[] }>(
      'GET /v1/drafts',
    )
    expect(drafts).toMatchObject([{ attachments: [{ name: 'form.pdf' }] }])

    const letter = { emailAccountId, conversationId: id, to: [{ name: '', address: 'customer1@example.com' }] }
    const accepted = await ask('POST /v1/submissions', {
      ...{ as, headers: { 'idempotency-key': 'after' } },
      body: { ...letter, subject: 'Re: Broken kettle', text: 'Repaired.', lastAnswerId },
    })
    expect(accepted.status, accepted.text).toBe(201)
    await sendingWorker.start()
    try {
      await vi.waitFor(() => expect(server.sentCopies()).toHaveLength(1), WAIT)
    } finally {
      await sendingWorker.stop()
    }
    expect(server.objections).toEqual([])
  })

  it('is refused by an older program once it is newer, and stays as it is', async () => {
    await markNewer(database)
    const before = await checksums(target.url)
    const refusal = { code: 'database.newer_than_code', cause: { message: 'It has 9999_future.sql' } }

    await expect(migrate(database, clock)).rejects.toMatchObject(refusal)
    await expect(requireMigrated(database)).rejects.toMatchObject(refusal)
    expect(await checksums(target.url)).toEqual(before)
  })
})

describe('a migration after 0.1.0', async () => {
  const { header } = await verifyBackup(files.find(({ name }) => name === '0.1.0.backup.zst')!.path)
  const first = header.migrations.length
  const migrations = readMigrations()
  const target = await createEmptyDatabase('locks')
  afterAll(() => target.drop())

  it('states the locks that it takes, and why the previous version may run beside it', async () => {
    await withClient(target.url, async (client) => {
      for (const { text } of migrations.slice(0, first)) await client.query(text)
      for (const migration of migrations.slice(first)) {
        expect(await findLocks(client, migration), migration.name).toEqual(readDeclaration(migration).locks)
        await client.query(migration.text)
      }
    })
  })

  it.each([
    ['CREATE TABLE new_ones (id uuid PRIMARY KEY)', []],
    ['ALTER TABLE messages ADD COLUMN rank integer NOT NULL DEFAULT 0', ['messages AccessExclusiveLock']],
    ['CREATE INDEX notes_by_rank ON notes (created_at)', ['notes ShareLock']],
    ['CREATE TABLE stars (id uuid REFERENCES messages)', ['messages ShareRowExclusiveLock']],
    ['UPDATE messages SET unread = false', []],
  ])('is found to lock what it locks: %s', async (text, locks) => {
    expect(await withClient(target.url, (client) => findLocks(client, { text }))).toEqual(locks)
  })

  it('is refused without its statement', () => {
    expect(() => readDeclaration({ name: '0100_a.sql', text: '-- Locks: none\nSELECT 1' })).toThrow(
      /^0100_a\.sql lacks/,
    )
    const text = '-- Locks: b ShareLock, a ShareLock\n-- Beside the previous version: it knows neither.\nSELECT 1'
    expect(readDeclaration({ name: '0100_a.sql', text })).toEqual({
      locks: ['a ShareLock', 'b ShareLock'],
      beside: 'it knows neither.',
    })
  })
})

async function markNewer({ db }: Database): Promise<void> {
  await sql`INSERT INTO migrations (name, checksum, applied_at) VALUES ('9999_future.sql', 'x', now())`.execute(db)
}

/** Makes a database with rows in all tables of this version, and keeps it in a file. */
async function keep(path: string): Promise<string> {
  const databaseUrl = await makeDatabaseToKeep((clock) => new StrictMailServer(clock))
  await rm(path, { force: true })
  await createBackup(path, { databaseUrl, clock: createTestClock(KEPT_AT), version: VERSION })
  return path
}

/** Returns true if the file of this version has the migrations of this code. */
async function isCurrent(): Promise<boolean> {
  if (!kept.includes(OWN)) return false
  const { header } = await verifyBackup(join(FOLDER, OWN))
  return isDeepStrictEqual(
    header.migrations,
    readMigrations().map(({ name, checksum }) => ({ name, checksum })),
  )
}
