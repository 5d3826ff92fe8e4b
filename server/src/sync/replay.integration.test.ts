import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTestClock, testDatabase } from '../../test/kit/index.ts'
import type { MailTransport } from '../transports/index.ts'
import { createStage, pictureOf } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const database = await testDatabase()

type Deed =
  | { kind: 'deliver'; answers: number; folder: 'inbox' | 'sent' }
  | { kind: 'flag'; which: number }
  | { kind: 'unflag'; which: number }
  | { kind: 'delete'; which: number }
  | { kind: 'move'; which: number; to: 'inbox' | 'archive' | 'sent' }
  | { kind: 'forget' | 'sync' }

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    kind: fc.constant('deliver' as const),
    answers: fc.nat(8),
    folder: fc.constantFrom('inbox' as const, 'sent' as const),
  }),
  fc.record({ kind: fc.constantFrom('flag' as const, 'unflag' as const, 'delete' as const), which: fc.nat(20) }),
  fc.record({
    kind: fc.constant('move' as const),
    which: fc.nat(20),
    to: fc.constantFrom('inbox' as const, 'archive' as const, 'sent' as const),
  }),
  fc.record({ kind: fc.constantFrom('forget' as const, 'sync' as const) }),
)

function createMailServer(clock: { now(): Date }) {
  const server = new StrictFolderServer()
  server.pageSize = 3
  let count = 0

  function deliver(folder: 'inbox' | 'sent', answers: number): void {
    const n = count++
    const original = n > 0 ? answers % n : undefined
    server.deliver({
      remoteId: `m${n}`,
      folderRemoteId: folder,
      messageId: `m${n}@x`,
      subject: `About ${n}`,
      inReplyTo: original === undefined || answers > 5 ? [] : [`m${original}@x`],
      from: { name: '', address: folder === 'sent' ? 'support@contoso.example' : 'kim@customer.example' },
      receivedAt: new Date(clock.now().getTime() - 86_400_000 + n * 1000),
      body: { type: 'text', content: `Text ${n}` },
    })
  }

  function act(deed: Deed): void {
    if (deed.kind === 'forget') {
      server.forget()
      return
    }
    if (deed.kind === 'deliver') {
      deliver(deed.folder, deed.answers)
      return
    }
    if (!('which' in deed) || server.all.length === 0) return
    const { remoteId } = server.all[deed.which % server.all.length]!
    if (deed.kind === 'flag') server.flag(remoteId, { add: ['seen'] })
    else if (deed.kind === 'unflag') server.flag(remoteId, { remove: ['seen'] })
    else if (deed.kind === 'delete') server.delete(remoteId)
    else server.move(remoteId, deed.to)
  }
  return { server, act }
}

// The same changes are synced step by step, and again from a cursor of any step or from none.
it('a sync replayed from any cursor gives the same conversations', async () => {
  const clock = createTestClock()
  const transports = new Map<string, MailTransport>()
  const { sync, associate } = createStage(database, clock, transports)
  await sync.start()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(deeds, { minLength: 4, maxLength: 25 }), fc.nat(30), async (story, moment) => {
      const { server, act } = createMailServer(clock)
      const { id } = await associate(`run${run++}@contoso.example`, server.transport)
      const cursors: unknown[][] = []
      for (const deed of story) {
        act(deed)
        if (deed.kind !== 'sync') continue
        await sync.wake(id)
        await sync.settled()
        cursors.push(await cursorsOf(id))
      }
      await sync.wake(id)
      await sync.settled()
      const once = await pictureOf(database, id)
      const events = await eventCount(id)

      await rewind(id, cursors[moment % (cursors.length + 1)])
      await sync.wake(id)
      await sync.settled()

      expect(await pictureOf(database, id)).toEqual(once)
      expect(await eventCount(id)).toBe(events)
      expectTrue(server, once)
      await database.db.deleteFrom('email_accounts').where('id', '=', id).execute()
    }),
    { numRuns: 25 },
  )
  await sync.stop()

  function cursorsOf(id: string): Promise<unknown[]> {
    return database.db
      .selectFrom('folders')
      .innerJoin('folder_sync_states', 'folder_id', 'folders.id')
      .select(['folder_id as id', 'cursor'])
      .where('email_account_id', '=', id as never)
      .execute()
  }

  async function rewind(id: string, cursors: unknown[] | undefined): Promise<void> {
    if (!cursors) {
      await database.db
        .updateTable('folder_sync_states')
        .from('folders')
        .set({ cursor: null })
        .whereRef('folder_id', '=', 'folders.id')
        .where('email_account_id', '=', id as never)
        .execute()
      return
    }
    for (const folder of cursors as { id: never; cursor: unknown }[]) {
      await database.db
        .updateTable('folder_sync_states')
        .set({ cursor: folder.cursor === null ? null : JSON.stringify(folder.cursor) })
        .where('folder_id', '=', folder.id)
        .execute()
    }
  }

  /** Number of message events. */
  async function eventCount(id: string): Promise<number> {
    const rows = await database.db
      .selectFrom('events')
      .select('id')
      .where('email_account_id', '=', id as never)
      .where('kind', 'in', ['message.received', 'message.sent', 'message.imported', 'conversation.created'])
      .execute()
    return rows.length
  }

  /** Checks that all messages on the server are stored with their folder, and no others are present. */
  function expectTrue(server: StrictFolderServer, picture: Awaited<ReturnType<typeof pictureOf>>): void {
    const read = ['inbox', 'sent']
    const present = picture.filter(({ presence }) => presence === 'present').map(({ remote_id }) => remote_id)
    const there = server.all.filter(({ folderRemoteId }) => read.includes(folderRemoteId))
    expect(present).toEqual(there.map(({ remoteId }) => remoteId).sort((a, b) => (a < b ? -1 : 1)))
  }
}, 120_000)
