import { expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations } from '../index.ts'
import { MOST_COUNTED, MOST_SPAM } from './conversation-counts.ts'

const database = await testDatabase()
const clock = createTestClock()
const { filing, team, reading, drafts } = createConversations({ database, clock, events: createEvents(database) })
const reader = { id: 'ben', since: clock.now() }
let number = 0

async function newAccount(conversations: number) {
  const { id } = await storeEmailAccount(database, clock)
  const account = { id, address: 'us@contoso.example', createdAt: clock.now() }
  const ids = []
  for (let n = 0; n < conversations; n++) {
    const filed = await database.transaction((tx) => filing.file(tx, account, customerMessage(clock, ++number)))
    ids.push(filed!.conversationId)
  }
  return { id, ids }
}

it('counts views and mailboxes for the caller, and nothing of other mailboxes', async () => {
  const [ours, theirs] = [await newAccount(7), await newAccount(3)]
  const [mine, anns, waiting, snoozed, closed] = ours.ids
  await team.assign(mine!, 'ben', 'person:ben')
  await team.assign(anns!, 'ann', 'person:ann')
  await team.wait(waiting!, 'person:ben')
  await team.snooze(snoozed!, new Date(clock.now().getTime() + 1000), 'person:ben')
  await team.close(closed!, 'person:ben')
  const content = { to: [], cc: [], bcc: [], subject: 'Half' }
  await drafts.save({ emailAccountId: ours.id, authorId: 'ben', content })
  await drafts.save({ emailAccountId: theirs.id, authorId: 'ben', content })

  const others = { mentions: 0, waiting: 1, snoozed: 1, spam: 0, drafts: 1 }
  const views = { open: 4, mine: 1, unassigned: 2, 'needs-reply': 4, ...others }
  expect(await reading.countViews({ emailAccountIds: [ours.id], reader })).toEqual({
    ...{ views, forMe: 3, emailAccounts: [{ id: ours.id, open: 4 }] },
  })
  const all = await reading.countViews({ emailAccountIds: 'all', reader })
  expect(all.views).toEqual({ ...views, open: 7, unassigned: 5, 'needs-reply': 7, drafts: 2 })
  expect(all.emailAccounts.toSorted((one, other) => other.open - one.open)).toEqual([
    { id: ours.id, open: 4 },
    { id: theirs.id, open: 3 },
  ])
  expect((await reading.countViews({ emailAccountIds: [], reader })).views.open).toBe(0)
  expect((await reading.countViews({ emailAccountIds: [ours.id], reader: undefined })).views.mine).toBe(0)
})

it('ends each count at its maximum', async () => {
  const { id } = await newAccount(0)
  await database.pool.query(
    `INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, needs_reply,
       message_count, last_message_at, created_at, place)
     SELECT gen_random_uuid(), $1, 'Order', 'open', '[]', '', place = 'spam', true, 1, now(), now(), place
     FROM generate_series(1, $2::int), unnest('{inbox,spam}'::text[]) AS place`,
    [id, MOST_COUNTED + 10],
  )
  const { views, forMe, emailAccounts } = await reading.countViews({ emailAccountIds: [id], reader })
  expect([views.open, views.unassigned, views['needs-reply'], forMe]).toEqual(Array(4).fill(MOST_COUNTED))
  expect(emailAccounts).toEqual([{ id, open: MOST_COUNTED }])
  // For a program, as the person has read all mail of this time.
  const { views: unread } = await reading.countViews({ emailAccountIds: [id], reader: undefined })
  expect(unread.spam).toBe(MOST_SPAM)
})
