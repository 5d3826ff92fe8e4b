/** Exchange Online supports neither CONDSTORE nor QRESYNC: changed flags and deletions are found by comparison. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmailAccountId } from '../kernel/ids.ts'
import { createTestClock, testDatabase } from '../../test/kit/index.ts'
import { startScriptedServer, type ScriptedServer } from '../../test/kit/index.ts'
import { customerMail, openByImap } from '../../test/sync/imap-stage.ts'
import { count, createStage, listEventKinds } from '../../test/sync/stage.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = createTestClock()
const stage = createStage(database, clock, new Map())
let server: ScriptedServer

beforeAll(async () => {
  server = await startScriptedServer()
  await stage.sync.start()
})
afterAll(async () => {
  await stage.sync.stop()
  await server.close()
})

async function read(id: EmailAccountId) {
  clock.advance(MINUTE_MS)
  await stage.sync.wake(id)
  await stage.sync.settled()
  return database.db
    .selectFrom('messages')
    .select(['subject', 'presence', 'flags', 'remote_id'])
    .where('email_account_id', '=', id)
    .orderBy('subject')
    .execute()
}

function fill(uidValidity: number, uids: readonly number[], flags: Record<number, string[]> = {}) {
  const messages = uids.map((uid) => ({
    uid,
    raw: customerMail(uid),
    flags: flags[uid] ?? [],
    internalDate: '20-Dec-2025 10:00:00 +0000',
  }))
  server.folders.set('INBOX', { uidValidity, uidNext: Math.max(0, ...uids) + 1, messages })
}

describe('a mailbox on a server without extensions', () => {
  it('follows flags, deletions and renumbering, and fetches no body twice', async () => {
    const address = 'plain@contoso.example'
    fill(7, [101, 102, 103, 500, 501])
    const { transport } = openByImap(address, server.port, clock)
    const { id } = await stage.associate(address, transport)
    await database.db
      .updateTable('email_accounts')
      .set({ import_from: new Date('2025-01-01'), receives_by: 'imap' })
      .execute()
    expect(await read(id)).toHaveLength(5)
    await read(id)

    const bodies = () => server.commands.filter((each) => /BODY\.PEEK\[\]/.test(each)).length
    const asked = bodies()
    fill(7, [101, 103, 500, 501], { 101: ['\\Seen'], 501: ['\\Deleted'] })
    const after = await read(id)
    expect(after.map(({ subject, presence, flags }) => [subject, presence, flags])).toEqual([
      ['Number 101', 'present', ['seen']],
      ['Number 102', 'gone', []],
      ['Number 103', 'present', []],
      ['Number 500', 'present', []],
      ['Number 501', 'gone', []],
    ])
    expect(bodies()).toBe(asked)

    const told = await listEventKinds(database, id)
    await read(id)
    await read(id)
    expect(await listEventKinds(database, id)).toEqual(told)

    fill(8, [101, 103, 500], { 101: ['\\Seen'] })
    const renumbered = await read(id)
    expect(
      renumbered.filter(({ presence }) => presence === 'present').map(({ remote_id: remoteId }) => remoteId),
    ).toEqual(['imap:8:101:INBOX', 'imap:8:103:INBOX', 'imap:8:500:INBOX'])
    const added = (await listEventKinds(database, id)).slice(told.length)
    expect(added.filter((kind) => !kind.startsWith('email_account.'))).toEqual(['folder.resynced'])
    expect(count(told, 'message.removed')).toBe(2)
  })

  it('applies a flag change reported by IDLE right after a comparison with the next comparison of flags', async () => {
    const address = 'marked@contoso.example'
    fill(9, [201, 202])
    const { transport } = openByImap(address, server.port, clock)
    const { id } = await stage.associate(address, transport)
    const since = { import_from: new Date('2025-01-01'), receives_by: 'imap' } as const
    await database.db.updateTable('email_accounts').set(since).execute()
    await read(id)
    await read(id)

    fill(9, [201, 202], { 202: ['\\Seen'] })
    clock.advance(5_000)
    await stage.sync.wake(id)
    await stage.sync.settled()
    clock.advance(26_000)

    const flagsOf = async () => {
      const rows = await database.db
        .selectFrom('messages')
        .select('flags')
        .where('email_account_id', '=', id)
        .orderBy('subject')
        .execute()
      return rows.map(({ flags }) => flags)
    }
    await expect.poll(flagsOf).toEqual([[], ['seen']])
  })
})
