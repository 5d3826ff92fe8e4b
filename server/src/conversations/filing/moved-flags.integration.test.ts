/** A message that is met in its new folder before it is known to have left the old one (IMAP, where a move changes ids). */
import { expect, it } from 'vitest'
import {
  createTestClock,
  customerMessage,
  storeEmailAccount,
  storeFolder,
  testDatabase,
} from '../../../test/kit/index.ts'
import { createEvents } from '../../events/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const OLD = { remoteId: 'imap:7:1:INBOX', folderRemoteId: 'INBOX' }
const NEW = { remoteId: 'imap:7:9:Done', folderRemoteId: 'Done', flags: ['seen'] }
const database = await testDatabase()
const clock = createTestClock()
const { filing } = createConversations({ database, clock, events: createEvents(database) })

/** A stored message, met a second time after it was read and moved. */
async function metTwice() {
  const { id } = await storeEmailAccount(database, clock)
  const account: FilingAccount = { id, address: 'support@contoso.example', createdAt: clock.now() }
  for (const name of ['INBOX', 'Done']) {
    await storeFolder(database, { emailAccountId: id, remoteId: name, name, synced: true })
  }
  const before = customerMessage(clock, 1, OLD)
  const filed = await database.transaction((tx) => filing.file(tx, account, before))
  await database.transaction((tx) => filing.file(tx, account, { ...before, ...NEW }))
  return { account, before, messageId: filed!.messageId }
}

function stored(id: EmailAccountId) {
  return database.db
    .selectFrom('messages')
    .select(['remote_id', 'presence', 'flags'])
    .where('email_account_id', '=', id)
    .execute()
}

it('is looked up after it has left the old folder, so that its flags are those of the new one', async () => {
  const { account, before, messageId } = await metTwice()
  await database.transaction((tx) => filing.removeFromFolder(tx, account, OLD.folderRemoteId, OLD.remoteId))
  expect(await stored(account.id)).toMatchObject([{ remote_id: NEW.remoteId, presence: 'unconfirmed' }])

  await database.transaction((tx) => filing.confirmPresence(tx, account, messageId, { ...before, ...NEW }))
  expect(await stored(account.id)).toEqual([{ remote_id: NEW.remoteId, presence: 'present', flags: ['seen'] }])
})

it('is looked up after a move by Postkey, too', async () => {
  const { account, before, messageId } = await metTwice()
  const move = { fromRemoteId: 'INBOX', toRemoteId: 'Done', remoteId: OLD.remoteId, newRemoteId: NEW.remoteId }
  await database.transaction((tx) => filing.recordMoves(tx, account, [{ messageId, ...move }]))
  expect(await stored(account.id)).toMatchObject([{ remote_id: NEW.remoteId, presence: 'unconfirmed' }])

  await database.transaction((tx) => filing.confirmPresence(tx, account, messageId, { ...before, ...NEW }))
  expect(await stored(account.id)).toEqual([{ remote_id: NEW.remoteId, presence: 'present', flags: ['seen'] }])
})
