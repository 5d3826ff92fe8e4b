import { expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  storeFolder,
  testDatabase,
} from '../../test/kit/index.ts'
import type { MailTransport } from '../transports/index.ts'

it('a message whose id is of the other protocol is reported after eight attempts, until it is retried', async () => {
  const database = await testDatabase()
  const clock = createTestClock()
  const marked: string[] = []
  const reading = {
    owns: (remoteId: string) => remoteId.startsWith('imap:'),
    changing: {
      markSeen(remoteIds: readonly string[]) {
        marked.push(...remoteIds)
        return Promise.resolve({
          outcomes: new Map(remoteIds.map((remoteId) => [remoteId, { kind: 'done', remoteId }])),
        })
      },
    },
  }
  const { rooms, actionsService } = await createTestApp(database, clock, {
    transports: (composed) => ({
      ...composed,
      open: () => Promise.resolve({ reading } as unknown as MailTransport),
      canChange: () => Promise.resolve(true),
    }),
  })
  const { id } = await storeEmailAccount(database, clock)
  await storeFolder(database, { emailAccountId: id, remoteId: 'inbox', name: 'inbox', role: 'inbox', synced: true })
  await database.db.insertInto('account_action_settings').values({ email_account_id: id, marks_read: true }).execute()
  const account = { id, address: 'support@contoso.example', createdAt: clock.now() }
  const message = customerMessage(clock, 1, { folderRemoteId: 'inbox', receivedAt: clock.now() })
  const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message))
  await rooms.conversations.reads.markSeen(filed!.conversationId, { id: 'anna', since: new Date(0) })

  for (let attempt = 1; attempt <= 8; attempt++) {
    expect(await rooms.accountActions.settings(id)).toMatchObject({ failed: 0 })
    await actionsService.catchUp()
    clock.advance(2 * 60 * 60_000)
  }
  const failure = { code: 'account_actions.message_unreachable', remedy: 'admin' }
  expect(await rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, failed: 1, failure })

  await database.db
    .updateTable('messages')
    .set({ remote_id: 'imap:7:1:INBOX' })
    .where('id', '=', filed!.messageId)
    .execute()
  await rooms.accountActions.retry(id)
  await actionsService.catchUp()
  expect(marked).toEqual(['imap:7:1:INBOX'])
  expect(await rooms.accountActions.settings(id)).toMatchObject({ waiting: 0, failed: 0, failure: undefined })
})
