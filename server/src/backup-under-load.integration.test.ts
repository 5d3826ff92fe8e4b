/** A backup while mail arrives, restored elsewhere: each message is in it or read again from the mailbox, once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { createBackup, restoreBackup } from './backup/index.ts'
import { createConversations } from './conversations/index.ts'
import { createDatabase, type Database } from './database/index.ts'
import { createEvents } from './events/index.ts'
import { Secret } from './kernel/secret.ts'
import {
  createEmptyDatabase,
  createTestClock,
  customerMessage,
  silentLog,
  storeEmailAccount,
  testDatabase,
  WAIT,
} from '../test/kit/index.ts'

const BEFORE = 30
const DURING = 30
const folder = mkdtempSync(join(tmpdir(), 'postkey-load-'))
afterAll(() => rmSync(folder, { recursive: true }))

const clock = createTestClock()
const source = await testDatabase()
const { id } = await storeEmailAccount(source, clock, { folders: [{ role: 'inbox', synced: true }] })
const account = { id, address: 'support@contoso.example', createdAt: clock.now() }

/** Files messages of a mailbox by their number, as sync does. */
function filingIn(database: Database) {
  const events = createEvents(database)
  const { filing } = createConversations({ database, clock, events })
  return {
    file: (number: number) =>
      database.transaction((tx) => filing.file(tx, account, customerMessage(clock, number))).then(() => undefined),
    close: () => events.close(),
  }
}

it('contains every message stored before it began, each once after the mailbox is read again', async () => {
  const mail = filingIn(source)
  for (let number = 1; number <= BEFORE; number++) await mail.file(number)
  let stored = BEFORE
  const over = new AbortController()
  const arriving = (async () => {
    while (!over.signal.aborted) await mail.file(++stored)
  })()
  let begun = 0
  const path = join(folder, 'backup')
  await createBackup(path, {
    ...{ databaseUrl: source.url, clock, version: '0.1.0' },
    async onBegun() {
      begun = stored
      await vi.waitUntil(() => stored > begun + DURING, WAIT)
    },
  })
  over.abort()
  await arriving
  await mail.close()

  const target = await createEmptyDatabase('load')
  await restoreBackup(path, {
    ...{ findDatabase: () => Promise.resolve(new Secret(target.url)), clock, log: silentLog, overwrite: false },
  })
  const restored = await createDatabase(target.url, { log: silentLog })
  // Messages arrive one after the other, so those of one moment are the first ones.
  const inBackup = await numbersIn(restored)
  expect(inBackup).toEqual(inBackup.map((_, index) => index + 1))
  expect(inBackup.length).toBeGreaterThanOrEqual(BEFORE)
  expect(inBackup.length).toBeLessThanOrEqual(begun)
  expect(await countHalves(restored)).toBe(0)

  const elsewhere = filingIn(restored)
  for (let number = 1; number <= stored; number++) await elsewhere.file(number)
  expect(await numbersIn(restored)).toEqual(Array.from({ length: stored }, (_, index) => index + 1))
  expect(await countHalves(restored)).toBe(0)
  await elsewhere.close()
  await restored.close()
  await target.drop()
})

async function numbersIn({ pool }: Database): Promise<number[]> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT substring(subject FROM '\\d+')::int AS n FROM messages ORDER BY 1`,
  )
  return rows.map(({ n }) => n)
}

/** Messages without their conversation, folder or event, and events and conversations without a message. */
async function countHalves({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`
    SELECT (SELECT count(*) FROM messages
        WHERE NOT EXISTS (SELECT FROM conversations WHERE conversations.id = conversation_id)
           OR NOT EXISTS (SELECT FROM message_locations WHERE message_id = messages.id)
           OR NOT EXISTS (SELECT FROM events WHERE kind = 'message.received' AND subject_id = messages.id::text))
      + (SELECT count(*) FROM events WHERE kind = 'message.received' AND NOT EXISTS (SELECT FROM messages WHERE id::text = subject_id))
      + (SELECT count(*) FROM conversations WHERE NOT EXISTS (SELECT FROM messages WHERE conversation_id = conversations.id)) AS n`)
  return rows[0]!.n
}
