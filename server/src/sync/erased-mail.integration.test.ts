import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { searchedTexts } from '../database/index.ts'
import { createTestClock, testDatabase, testSeals } from '../../test/kit/index.ts'
import { createStage, deliverMany } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const HOUR_MS = 60 * 60 * 1000
const ANNA = { name: 'Anna', address: 'Anna@fabrikam.example' }
const ADDRESSES = ['anna@fabrikam.example']
const PERSON = { addresses: ADDRESSES, patterns: searchedTexts(ADDRESSES).patterns, own: new Set<string>() }
const database = await testDatabase()
const { db } = database
const clock = createTestClock('2026-03-01T12:00:00Z')
await sql`INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('test', '', now())`.execute(db)
const stage = createStage(database, clock, new Map(), undefined, { erasureSeals: testSeals() })
const { associate, sync, emailAccounts, conversations } = stage
const server = new StrictFolderServer()

async function pass(...steps: readonly number[]): Promise<void> {
  for (const ms of steps) {
    clock.advance(ms)
    await sync.start()
    await sync.settled()
    await sync.stop()
  }
}

/** Deletes the mail of the person as the erasure in `retention` does. */
async function erase(): Promise<void> {
  const { erasure } = conversations
  const at = clock.now()
  await database.transaction((tx) => erasure.begin(tx, PERSON.addresses, at))
  const hooks = { isInUse: () => Promise.resolve(false), release: () => Promise.resolve() }
  const { ids } = await erasure.findConversations(PERSON, undefined, 100)
  for (const id of ids) await database.transaction((tx) => erasure.erase(tx, id, PERSON, at, hooks))
}

async function subjects(): Promise<string[]> {
  const rows = await db.selectFrom('messages').select('subject').execute()
  return rows.map(({ subject }) => subject).sort()
}

const december = (hour: number) => new Date(Date.UTC(2025, 11, 21, hour))

it('mail of an erased person is not imported again, and newer mail is', async () => {
  deliverMany(server, 3)
  server.deliver({ remoteId: 'a1', messageId: 'a1', from: ANNA, subject: 'Mine', receivedAt: december(1) })
  server.deliver({
    remoteId: 'a2',
    from: ANNA,
    subject: 'Without id',
    receivedAt: december(2),
    folderRemoteId: 'archive',
  })
  const { id } = await associate('support@contoso.example', server.transport, { folders: ['inbox', 'sent', 'archive'] })
  await db.updateTable('email_accounts').set({ import_from: new Date('2020-01-01') }).execute() // prettier-ignore
  await pass(0)
  const others = ['Number 0', 'Number 1', 'Number 2']
  expect(await subjects()).toEqual(['Mine', ...others, 'Without id'])
  await erase()
  expect(await subjects()).toEqual(others)

  server.flag('a1', { add: ['seen'] })
  server.move('a2', 'inbox')
  // Not stored before: found by changes, and by comparisons alone.
  server.deliver({ remoteId: 'a3', messageId: 'a3', from: ANNA, subject: 'Late', receivedAt: december(3) })
  server.deliver({ remoteId: 'a4', from: ANNA, subject: 'Later', receivedAt: december(5) })
  server.deliverUntold({ remoteId: 'a5', from: ANNA, subject: 'Untold', receivedAt: december(4) })
  await pass(HOUR_MS, 24 * HOUR_MS, 60_000, 60_000)
  server.forget()
  await pass(HOUR_MS, HOUR_MS, 60_000)
  expect(await subjects()).toEqual(others)
  expect((await emailAccounts.get(id)).state).toBe('connected')
  expect(await sync.unfiledCount(id)).toBe(0)

  const missing = async () => (await sync.reconciledOf(id)).map(({ missingFound }) => missingFound)
  const before = await missing()
  server.delete('a1')
  server.deleteUntold('a3')
  server.deliver({ remoteId: 'new', from: ANNA, subject: 'Back', receivedAt: clock.now() })
  await pass(24 * HOUR_MS, 60_000, HOUR_MS)
  expect(await subjects()).toEqual(['Back', ...others])
  expect(await missing()).toEqual(before)
  const places = await db.selectFrom('erased_locations').select('remote_id').execute()
  expect(places.map((row) => row.remote_id).sort()).toEqual(['a2', 'a4', 'a5'])
})
