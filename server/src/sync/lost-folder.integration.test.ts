import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { createDatabaseWithStages } from './database-with-stages-for-test.ts'
import { pictureOf } from './stage-for-test.ts'
import { StrictFolderServer } from './strict-folder-server-for-test.ts'

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
      const lost = async () => {
        const row = await database.db
          .selectFrom('email_accounts')
          .select('lost_folders')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        return row.lost_folders
      }
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
