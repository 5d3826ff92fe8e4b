import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-10T00:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
const DAY_MS = 24 * 60 * 60_000
const BEFORE = new Date('2026-01-08T00:00:00Z')

async function newAccount(): Promise<FilingAccount> {
  const address = 'support@contoso.example'
  const { id } = await storeEmailAccount(database, clock, { address, folders: [{ role: 'inbox', synced: true }] })
  return { id, address, createdAt: clock.now(), closesBefore: BEFORE }
}

/** Message of a thread, some days before the mailbox was associated. */
function message(n: number, daysAgo: number, more: Partial<RemoteMessage> = {}): RemoteMessage {
  return customerMessage(clock, n, {
    ...{ folderRemoteId: 'inbox', messageId: `m${n}@x`, inReplyTo: ['root@x'], references: [], flags: [] },
    ...{ remoteConversationId: undefined, receivedAt: new Date(clock.now().getTime() - daysAgo * DAY_MS + n * 1000) },
    ...more,
  })
}

const file = (account: FilingAccount, ...messages: RemoteMessage[]) =>
  database.transaction((tx) => conversations.filing.fileMany(tx, account, messages))
const theOne = async ({ id }: FilingAccount) => {
  const { conversations: list } = await conversations.reading.list({ emailAccountIds: [id], view: 'all' })
  expect(list).toHaveLength(1)
  return list[0]!
}
const kindsOf = async ({ id }: FilingAccount) =>
  (await events.list({ emailAccountIds: [id], limit: 500 })).events.map(({ kind }) => kind)

it('a conversation without recent mail arrives closed and read, in whatever order its messages are read', async () => {
  const thread = fc.array(fc.record({ daysAgo: fc.constantFrom(0.5, 1, 3, 30), isSeen: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(
      thread.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all.keys()], { minLength: all.length })),
      ),
      fc.boolean(),
      async ([all, order], isOnePage) => {
        const account = await newAccount()
        const page = order.map((n) => message(n, all[n]!.daysAgo, { flags: all[n]!.isSeen ? ['seen'] : [] }))
        if (isOnePage) await file(account, ...page)
        else for (const one of page) await file(account, one)

        const recent = all.filter(({ daysAgo }) => daysAgo < 2)
        expect(await theOne(account)).toMatchObject({
          status: recent.length > 0 ? 'open' : 'closed',
          unread: recent.some(({ isSeen }) => !isSeen),
        })
        // Neither closed nor reopened: it arrives like this.
        expect([...new Set(await kindsOf(account))].sort()).toEqual(['conversation.created', 'message.imported'])
      },
    ),
    { numRuns: 25 },
  )
})

it('a reply opens an old conversation and is unread', async () => {
  const account = await newAccount()
  await file(account, message(1, 30))
  await file(account, message(2, -1))

  expect(await theOne(account)).toMatchObject({ status: 'open', unread: true, needsReply: true })
  expect((await kindsOf(account)).slice(-2)).toEqual(['message.received', 'conversation.reopened'])
})

it('a conversation that a person closed or opened during the import stays as it is', async () => {
  const [closed, opened] = [await newAccount(), await newAccount()]
  await file(closed, message(1, 1))
  await conversations.team.close((await theOne(closed)).id, 'ben')
  await file(closed, message(2, 1), message(3, 30))
  await file(opened, message(1, 30))
  await conversations.team.reopen((await theOne(opened)).id, 'ben')
  await file(opened, message(2, 40))

  expect((await theOne(closed)).status).toBe('closed')
  expect((await theOne(opened)).status).toBe('open')
})

it('all conversations arrive open without a limit', async () => {
  const account = { ...(await newAccount()), closesBefore: undefined }
  await file(account, message(1, 30))

  expect(await theOne(account)).toMatchObject({ status: 'open', unread: true })
})
