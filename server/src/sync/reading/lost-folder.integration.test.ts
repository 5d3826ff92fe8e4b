import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createDatabaseWithStages } from '../../../test/sync/database-with-stages.ts'
import { pictureOf } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const { database, clock, nextAddress, stageHere } = await createDatabaseWithStages()

describe.each(['transports.item_gone', 'transports.imap_refused'] as const)(
  'a chosen folder that is gone (%s)',
  (said) => {
    async function withLostFolder() {
      const server = new StrictFolderServer()
      server.missingFolder = said
      const { sync, associate, emailAccounts } = stageHere()
      const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
      await sync.start()
      await sync.settled()
      server.deleteFolder('archive')
      server.deliver({ remoteId: 'new', messageId: 'new@x' })
      await sync.wake(id)
      await sync.settled()
      const lost = () => lostFoldersOf(id)
      return { id, emailAccounts, lost, server, sync }
    }

    it('is remembered, and the other folders are read', async () => {
      const { id, emailAccounts, lost } = await withLostFolder()

      expect(await lost()).toEqual([{ name: 'archive', at: clock.now().toISOString() }])
      expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'new' }])
      expect((await emailAccounts.get(id)).state).toBe('connected')
    })

    it('is forgotten when folders are chosen again', async () => {
      const { id, emailAccounts, lost } = await withLostFolder()

      await emailAccounts.update(id, { folderRemoteIds: ['inbox'] }, 'ada')

      expect(await lost()).toEqual([])
    })
  },
)

it('that is listed and refused is named when that lasts, and the other folders are read on, until it is read again', async () => {
  const server = new StrictFolderServer()
  const { sync, associate, emailAccounts } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'sent', 'archive'] })
  await sync.start()
  await sync.settled()
  server.refusedFolders.add('sent')
  server.deliver({ remoteId: 'in', messageId: 'in@x' })
  server.deliver({ remoteId: 'old', messageId: 'old@x', folderRemoteId: 'archive' })

  await sync.wake(id)
  await sync.settled()

  expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'in' }, { remote_id: 'old' }])
  expect((await emailAccounts.folders(id)).filter(({ synced }) => synced)).toHaveLength(3)
  const lost = () => lostFoldersOf(id)
  expect(await lost()).toEqual([])
  expect((await emailAccounts.get(id)).state).toBe('connected')

  clock.advance(61_000)
  await sync.wake(id)
  await sync.settled()
  expect(await lost()).toMatchObject([{ name: 'sent', isRefused: true }])
  expect((await emailAccounts.get(id)).state).toBe('connected')

  server.refusedFolders.clear()
  clock.advance(11 * 60_000)
  await sync.wake(id)
  await sync.settled()
  expect(await lost()).toEqual([])
})

it('that is refused keeps the messages that moved into it, until it is read again', async () => {
  const server = new StrictFolderServer()
  server.looksInNamedFolders = true
  const { sync, associate } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
  server.deliver({ remoteId: 'moved', messageId: 'moved@x' })
  await sync.start()
  await sync.settled()
  server.refusedFolders.add('archive')
  server.move('moved', 'archive')

  await sync.wake(id)
  await sync.settled()
  expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'moved', presence: 'unconfirmed' }])

  server.refusedFolders.clear()
  clock.advance(61_000)
  await sync.wake(id)
  await sync.settled()
  expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'moved', presence: 'present' }])
})

it('stops the mailbox when the server refuses all of them', async () => {
  const server = new StrictFolderServer()
  const { sync, associate, emailAccounts } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['sent', 'archive'] })
  await sync.start()
  await sync.settled()
  for (const folder of ['sent', 'archive']) server.refusedFolders.add(folder)

  for (let turn = 0; turn < 3; turn++) {
    clock.advance(11 * 60_000)
    await sync.wake(id)
    await sync.settled()
    expect(await emailAccounts.get(id)).toMatchObject({
      state: 'degraded',
      reason: { code: 'transports.imap_refused' },
    })
  }
})

it('is not lost when the server lists no inbox either', async () => {
  const server = new StrictFolderServer()
  const { sync, associate, emailAccounts } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
  await sync.start()
  await sync.settled()
  const folders = server.folders.splice(0)

  await sync.wake(id)
  await sync.settled()

  expect((await emailAccounts.folders(id)).filter(({ synced }) => synced)).toHaveLength(2)
  server.folders.push(...folders)
})

it('does not stop the mailbox when the check past the cursors is due in the same turn', async () => {
  const server = new StrictFolderServer()
  const { sync, associate, emailAccounts } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
  await sync.start()
  await sync.settled()
  clock.advance(2 * 60 * 60_000)
  server.deleteFolder('archive')
  server.missesInNewest = true

  await sync.wake(id)
  await sync.settled()

  expect((await emailAccounts.get(id)).state).toBe('connected')
})

it('shows the folders of the server as they are then', async () => {
  const server = new StrictFolderServer()
  const { sync, associate, emailAccounts } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
  await sync.start()
  await sync.settled()
  server.deleteFolder('archive')
  server.folders.push({ ...server.folders[0]!, remoteId: 'orders', path: ['orders'], name: 'orders', role: undefined })

  await sync.wake(id)
  await sync.settled()

  expect((await emailAccounts.folders(id)).map(({ name }) => name)).toContain('orders')
})

it('stops the mailbox when the server refuses a folder that it still lists', async () => {
  const server = new StrictFolderServer()
  const { sync, associate, emailAccounts } = stageHere()
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox'] })
  server.beforePage = () => {
    throw new AppError('transports.imap_refused')
  }
  await sync.start()
  await sync.settled()

  expect(await emailAccounts.get(id)).toMatchObject({ reason: { code: 'transports.imap_refused' } })
  expect((await emailAccounts.folders(id)).filter(({ synced }) => synced)).toMatchObject([{ remoteId: 'inbox' }])
})

async function lostFoldersOf(id: EmailAccountId): Promise<unknown> {
  const { lost_folders: lost } = await database.db
    .selectFrom('email_accounts')
    .select('lost_folders')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return lost
}
