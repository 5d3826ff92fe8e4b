import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createDatabaseWithStages } from '../../../test/sync/database-with-stages.ts'
import { pictureOf } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const { database, clock, nextAddress, stageHere } = await createDatabaseWithStages()

describe.each(['transports.item_gone', 'transports.imap_refused'] as const)(
  'a synced folder missing on the server (%s)',
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

    it('is recorded, and the other folders are read', async () => {
      const { id, emailAccounts, lost } = await withLostFolder()

      expect(await lost()).toEqual([{ name: 'archive', at: clock.now().toISOString() }])
      expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'new' }])
      expect((await emailAccounts.get(id)).state).toBe('connected')
    })

    it('is no longer reported after folders are selected again', async () => {
      const { id, emailAccounts, lost } = await withLostFolder()

      await emailAccounts.update(id, { folderRemoteIds: ['inbox'] }, 'ada')

      expect(await lost()).toEqual([])
    })
  },
)

it('a listed folder that stays refused is reported until it is readable again, while the other folders are read', async () => {
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

it('messages moved into a refused folder are kept until it is readable again', async () => {
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

it('a mailbox fails if the server refuses all its folders', async () => {
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

it('a folder is not reported as missing if the server lists no inbox either', async () => {
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

it('a missing folder causes no failure if the cursor check is due in the same run', async () => {
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

it('a missing folder updates the folder list from the server', async () => {
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

it('a mailbox fails if the server refuses its only folder but still lists it', async () => {
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
