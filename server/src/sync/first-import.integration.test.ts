import { expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { createDatabaseWithStages } from '../../test/sync/database-with-stages.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const { database, clock, nextAddress, stageHere } = await createDatabaseWithStages()

it('closes old conversations in the first import, also after a restart and of a longer period, and only then', async () => {
  const server = new StrictFolderServer()
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * 24 * 60 * 60_000)
  const old = { remoteId: 'old', receivedAt: daysAgo(20), flags: [] }
  server.deliver({ remoteId: 'young', receivedAt: daysAgo(1), flags: [] })
  server.deliver(old)
  server.deliver({ remoteId: 'older', receivedAt: daysAgo(50), flags: [] })
  server.deliver({ ...old, remoteId: 'moved', folderRemoteId: 'archive', subject: 'Moved' })
  server.pageSize = 1
  const first = stageHere()
  const { id } = await first.associate(nextAddress(), server.transport, { folders: ['inbox'] })
  const stopped = Promise.withResolvers<undefined>()
  server.beforePage = (page) => {
    if (page !== 2) return
    stopped.resolve(undefined)
    throw new AppError('transports.throttled')
  }
  await first.sync.start()
  await stopped.promise
  await first.sync.settled()
  await first.sync.stop()
  server.beforePage = () => undefined
  clock.advance(10 * 60_000)
  const { sync, emailAccounts } = stageHere()
  await sync.start()
  await sync.settled()
  const statusesOf = async () =>
    Object.fromEntries(
      (
        await database.db
          .selectFrom('messages')
          .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
          .select(['remote_id', 'status', 'messages.unread'])
          .where('messages.email_account_id', '=', id)
          .execute()
      ).map(({ remote_id, status, unread }) => [remote_id, `${status}${unread ? ', unread' : ''}`]),
    )
  expect(await statusesOf()).toEqual({ young: 'open, unread', old: 'closed' })

  await emailAccounts.update(id, { importDays: 90 }, 'anna')
  await sync.settled()
  expect(await statusesOf()).toEqual({ young: 'open, unread', old: 'closed', older: 'closed' })

  server.move('moved', 'inbox')
  await sync.wake(id)
  await sync.settled()
  expect(await statusesOf()).toMatchObject({ moved: 'open, unread' })
})
