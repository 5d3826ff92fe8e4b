import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { EmailAccountId } from '../kernel/ids.ts'
import { createTestClock, testDatabase } from '../../test/kit/index.ts'
import { createStage, deliverMany } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const HOUR_MS = 60 * 60 * 1000
const LATER = new Date('2026-01-01T00:00:00Z')
const database = await testDatabase()
const { db } = database
const clock = createTestClock('2026-03-01T12:00:00Z')
const { associate, sync, emailAccounts } = createStage(database, clock, new Map())

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await sync.start()
  await sync.settled()
  await sync.stop()
}

async function imported(address: string) {
  const server = new StrictFolderServer()
  deliverMany(server, 4)
  const { id } = await associate(address, server.transport)
  await db
    .updateTable('email_accounts')
    .set({ import_from: new Date('2020-01-01') })
    .where('id', '=', id)
    .execute()
  await pass(0)
  return { server, id }
}

/** Deletes messages as retention does, except the first. */
async function deleteOld(id: EmailAccountId): Promise<void> {
  await database.transaction((tx) => emailAccounts.ignoreMailBefore(tx, id, LATER))
  await sql`WITH gone AS (DELETE FROM messages WHERE email_account_id = ${id} AND subject <> 'Number 1'
      RETURNING conversation_id)
    DELETE FROM conversations WHERE id IN (SELECT conversation_id FROM gone)`.execute(db)
}

async function subjectsOf(id: EmailAccountId) {
  const rows = await db.selectFrom('messages').select('subject').where('email_account_id', '=', id).execute()
  return rows.map(({ subject }) => subject).sort()
}

it('deleted mail is not imported again by changes, comparisons, reads from the start and a longer import', async () => {
  const { server, id } = await imported('again@contoso.example')
  await deleteOld(id)
  server.flag('m2', { add: ['seen'] })
  server.flag('m1', { add: ['seen'] })
  server.move('m3', 'archive')
  await pass(HOUR_MS)
  await pass(24 * HOUR_MS)
  await pass(60_000)
  server.forget()
  await pass(HOUR_MS)
  await emailAccounts.update(id, { importDays: 3650 }, 'person:anna')
  await pass(60_000)
  server.deliver({ remoteId: 'new', subject: 'New', receivedAt: clock.now() })
  await pass(60_000)
  expect(await subjectsOf(id)).toEqual(['New', 'Number 1'])
  const stored = await db.selectFrom('messages').select(['presence', 'flags']).where('email_account_id', '=', id).where('subject', '=', 'Number 1').executeTakeFirst() // prettier-ignore
  expect(stored).toEqual({ presence: 'present', flags: ['seen'] })
  const [inbox] = (await sync.reconciledOf(id)).filter(({ name }) => name === 'inbox')
  expect(inbox).toMatchObject({ missingFound: 0, broughtIn: 0 })
  expect((await emailAccounts.get(id)).state).toBe('connected')
})

it('a running sync ends before mail is deleted, and so stores none of it', async () => {
  const { server, id } = await imported('running@contoso.example')
  server.forget()
  const pages = server.pagesTold
  server.beforePage = async (page) => {
    if (page === pages + 1) await deleteOld(id)
  }
  await pass(HOUR_MS)
  expect(server.pagesTold).toBeGreaterThan(pages)
  expect(await subjectsOf(id)).toEqual(['Number 1'])
})
