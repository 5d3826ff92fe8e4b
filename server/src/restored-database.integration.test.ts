/** The server as started by `main.ts`, on a database that is replaced by an older one between two starts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'
import { createBackup, restoreBackup } from './backup/index.ts'
import { readConfig } from './config.ts'
import { systemClock } from './kernel/clock.ts'
import { newId, type EmailAccountId, type SubmissionId, type WebhookEndpointId } from './kernel/ids.ts'
import { Secret } from './kernel/secret.ts'
import { startServer } from './server.ts'
import {
  ask,
  createEmptyDatabase,
  createTestClock,
  silentLog,
  storeEmailAccount,
  takeSnapshot,
  testDatabase,
  WAIT,
} from '../test/kit/index.ts'

const database = await testDatabase()
const LAST_IDS =
  'SELECT events_id_seq.last_value::float8 AS events, audit_entries_id_seq.last_value::float8 AS audit FROM events_id_seq, audit_entries_id_seq'
interface LastIds {
  events: number
  audit: number
}
const folder = mkdtempSync(join(tmpdir(), 'postkey-restored-'))
afterAll(() => rmSync(folder, { recursive: true }))

const start = async (url = database.url, host = 'host') =>
  startServer(
    readConfig({
      ...{ DATABASE_URL: url, PUBLIC_URL: 'http://localhost:8400', PORT: String(await freePort()) },
      ...{ POSTKEY_DATA: join(folder, 'data'), POSTKEY_KEY_FILE: join(folder, 'keys/keys') },
      ...{ POSTKEY_STATE_FILE: join(folder, host) },
    }),
    silentLog,
  )

async function queueMessage(account: EmailAccountId): Promise<SubmissionId> {
  const id = newId<SubmissionId>()
  const now = new Date()
  await database.db
    .insertInto('submissions')
    .values({
      ...{ id, email_account_id: account, idempotency_key: id, request_hash: Buffer.alloc(1), message_id: `${id}@x` },
      ...{ content: JSON.stringify({ to: [], cc: [], bcc: [], subject: '', inReplyTo: [], references: [] }) },
      ...{ state: 'queued', due_at: now, submitted_by: 'ben', created_at: now },
    })
    .execute()
  return id
}

it('holds queued mail of a restored backup before any worker starts', async () => {
  await (await start()).close()
  const account = await storeEmailAccount(database, createTestClock(new Date()))
  await database.pool.query(`UPDATE grants SET key_id = (SELECT key_id FROM encryption_keys WHERE key_id <> 'stored')`)
  const id = await queueMessage(account.id)
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

// Continues from the test before, whose servers have created the keys.
it('holds queued mail of a database restored by the command, on the same host and on another one', async () => {
  const [{ id: account }] = (await database.db.selectFrom('email_accounts').select('id').execute()) as [
    { id: EmailAccountId },
  ]
  const id = await queueMessage(account)
  const webhook = { id: newId<WebhookEndpointId>(), purpose: 'events' as const, name: 'Shop', owner: 'person:x' }
  const created = { url: 'https://hooks.contoso.example/', created_at: new Date() }
  await database.db
    .insertInto('webhook_endpoints')
    .values({ ...webhook, ...created })
    .execute()
  const [last] = (await ask(database.url, LAST_IDS)) as [LastIds]
  const { path } = await createBackup(folder, { databaseUrl: database.url, clock: systemClock, version: '0' })
  const target = await createEmptyDatabase('server')
  const held = `SELECT state, attempts FROM submissions WHERE id = '${id}'`
  const reasons =
    'SELECT reason FROM database_restores WHERE detected_at > (SELECT min(detected_at) FROM database_restores)'

  for (const host of ['host', 'another host']) {
    const findDatabase = () => Promise.resolve(new Secret(target.url))
    await restoreBackup(path, { findDatabase, clock: systemClock, log: silentLog, overwrite: true })
    await (await start(target.url, host)).close()
    await (await start(target.url, host)).close()

    expect(await ask(target.url, held)).toEqual([{ state: 'unknown', attempts: 0 }])
    expect(await ask(target.url, reasons)).toEqual([{ reason: 'restored' }])
    expect(await ask(target.url, 'SELECT state, disabled_reason AS reason FROM webhook_endpoints')).toEqual([
      { state: 'disabled', reason: 'webhooks.database_restored' },
    ])
    const [restored] = (await ask(target.url, LAST_IDS)) as [LastIds]
    expect(restored.events).toBeGreaterThan(last.events + 10_000_000)
    expect(restored.audit).toBeGreaterThan(last.audit + 10_000_000)
  }
  await target.drop()
}, 60_000)
