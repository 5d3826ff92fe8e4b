/** The server as started by `main.ts`, on a database that is replaced by an older one between two starts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'
import { readConfig } from './config.ts'
import { newId, type SubmissionId } from './kernel/ids.ts'
import { startServer } from './server.ts'
import { createTestClock, silentLog, storeEmailAccount, takeSnapshot, testDatabase, WAIT } from '../test/kit/index.ts'

const database = await testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'postkey-restored-'))
afterAll(() => rmSync(folder, { recursive: true }))

const start = async () =>
  startServer(
    readConfig({
      ...{ DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost:8400', PORT: String(await freePort()) },
      ...{ POSTKEY_DATA: join(folder, 'data'), POSTKEY_KEY_FILE: join(folder, 'keys/keys') },
    }),
    silentLog,
  )

it('holds queued mail of a restored backup before any worker starts', async () => {
  await (await start()).close()
  const account = await storeEmailAccount(database, createTestClock(new Date()))
  await database.pool.query(`UPDATE grants SET key_id = (SELECT key_id FROM encryption_keys WHERE key_id <> 'stored')`)
  const id = newId<SubmissionId>()
  const now = new Date()
  await database.db
    .insertInto('submissions')
    .values({
      ...{ id, email_account_id: account.id, idempotency_key: 'k', request_hash: Buffer.alloc(1), message_id: 'm@x' },
      ...{ content: JSON.stringify({ to: [], cc: [], bcc: [], subject: '', inReplyTo: [], references: [] }) },
      ...{ state: 'queued', due_at: now, submitted_by: 'ben', created_at: now },
    })
    .execute()
  const backup = await takeSnapshot(database)
  const first = await start()
  // The attempt fails, because the mailbox does not exist.
  await vi.waitUntil(async () => (await row()).attempts > 0, WAIT)
  await first.close()

  await backup.restore()
  const second = await start()
  const held = await row()
  await second.close()

  expect(held).toMatchObject({ state: 'unknown', state_reason: 'submission.database_restored', attempts: 0 })
  expect(await row()).toMatchObject({ state: 'unknown', attempts: 0 })

  async function row() {
    return database.db.selectFrom('submissions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  }
}, 60_000)
