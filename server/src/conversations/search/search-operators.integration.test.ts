import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteAttachment, RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, parseSearch, type FilingAccount, type ListInput, type Tag } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-04-10T12:00:00Z')
const room = createConversations({ database, clock, events: createEvents(database) })
const { reading, team, tags, tagging, searchIndex, messages } = room

const file = (name: string): RemoteAttachment => ({
  ...{ remoteId: name, name, contentType: 'application/pdf', sizeBytes: 10, contentId: undefined },
  ...{ isInline: false, kind: 'file' },
})
const anna = { name: 'Anna Berg', address: 'anna.berg@fabrikam.example' }
const carl = { name: 'Carl Fabrikam', address: 'carl@nordwind.example' }
const support = { name: 'Support', address: 'support@contoso.example' }

/** Conversations by name. The number is the day of April 2026. */
const MAIL: Readonly<Record<string, Partial<RemoteMessage> & { day: number; text: string }>> = {
  offer: {
    day: 1,
    subject: 'Last offer',
    from: anna,
    to: [support],
    text: 'The red lamp and the blue lamp, Carl says.',
  },
  lamps: {
    day: 2,
    subject: 'Lamps',
    from: carl,
    to: [support],
    cc: [anna],
    text: 'The blue red lamp. Last chance, no offer.',
  },
  report: { day: 3, subject: 'Papers', from: carl, to: [support], text: 'See attached.', hasAttachments: true, attachments: [file('Quarterly report.pdf')] }, // prettier-ignore
  listed: {
    day: 4,
    subject: 'More papers',
    from: anna,
    to: [support],
    text: 'Attached as well.',
    hasAttachments: true,
  },
  markup: { day: 5, subject: 'Hello', from: carl, to: [support], text: '', body: { type: 'html', content: '<p>A <b>green</b> table&nbsp;cloth</p>' } }, // prettier-ignore
}
const ids: Record<string, ConversationId> = {}
const known: Tag[] = []
let listed: StoredMessageId
const accounts: FilingAccount[] = []

beforeAll(async () => {
  for (const name of ['support', 'hidden']) {
    const address = `${name}@contoso.example`
    const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
    accounts.push({ id, address, createdAt: new Date(0) })
  }
  await fileAll(accounts[0]!)
  await team.note(ids['lamps']!, 'ben', 'Customer called: invoice by Friday.')
  await team.close(ids['offer']!, 'ben')
  for (const name of ['Refund', 'Refund done', 'VIP']) known.push(await tags.create({ name }, 'ben'))
  const [refund, done, vip] = known.map(({ id }) => id)
  await tagging.change(ids['offer']!, { add: [refund!, done!], remove: [] }, 'ben')
  await tagging.change(ids['lamps']!, { add: [done!], remove: [] }, 'ben')
  await tagging.change(ids['report']!, { add: [vip!], remove: [] }, 'ben')
  const lost = await tags.create({ name: 'Lost' }, 'ben')
  await tagging.change(ids['markup']!, { add: [lost.id], remove: [] }, 'ben')
  await tags.delete(lost.id, 'ben')
  await team.assign(ids['report']!, 'ben', 'ben')
  await team.markSeen(ids['markup']!, 'ben')
})

async function fileAll(account: FilingAccount): Promise<void> {
  for (const [n, [name, { day, text, ...more }]] of Object.entries(MAIL).entries()) {
    const message = {
      ...customerMessage(clock, n, { receivedAt: new Date(Date.UTC(2026, 3, day, 9)), body: { type: 'text', content: text } }), // prettier-ignore
      ...more,
    }
    const [filed] = await database.transaction((tx) => room.filing.fileMany(tx, account, [message]))
    ids[name] = filed!.conversationId
    if (name === 'listed') listed = filed!.messageId
  }
}

async function find(query: string, more: Partial<ListInput> = {}): Promise<string[]> {
  const search = parseSearch(query, {
    now: clock.now(),
    timeZone: 'UTC',
    me: 'ben',
    people: [{ id: 'ben', name: 'Ben', email: 'ben@x' }],
    accounts: accounts.map(({ id, address }, n) => ({ id, address, key: `M${n}`, name: address })),
    tags: known,
  })
  expect(search.problems).toEqual([])
  const list = await reading.list({ emailAccountIds: [accounts[0]!.id], view: 'all', search, ...more })
  expect(list.next).toBeUndefined()
  return list.conversations.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id)!)
}

const CASES: [string, string[]][] = [
  ['lamp', ['lamps', 'offer']],
  ['from:anna', ['listed', 'offer']],
  ['from:anna.berg@fabrikam.example', ['listed', 'offer']],
  ['from:fabrikam', ['markup', 'report', 'listed', 'lamps', 'offer']],
  ['from:nordwind', ['markup', 'report', 'lamps']],
  ['to:anna', ['lamps']],
  ['to:support from:anna', ['listed', 'offer']],
  ['subject:off', ['offer']],
  ['offer', ['lamps', 'offer']],
  ['body:offer', ['lamps']],
  ['body:papers', []],
  ['papers', ['listed', 'report']],
  ['subject:"last offer"', ['offer']],
  ['"last offer"', ['offer']],
  ['"blue lamp"', ['offer']],
  ['"red lamp"', ['lamps', 'offer']],
  ['"blue lam"', []],
  ['lamp -"blue lamp"', ['lamps']],
  ['lamp -subject:lamps', ['offer']],
  ['lamp -from:anna', ['lamps']],
  ['"green table cloth"', ['markup']],
  ['-lamp', ['listed', 'report', 'markup', 'lamps']],
  ['has:attachment', ['listed', 'report']],
  ['has:attachment -from:anna', ['report']],
  ['filename:report', ['report']],
  ['filename:"quarterly report"', ['report']],
  ['quarterly', ['report']],
  ['filename:papers', []],
  ['invoice', ['lamps']],
  ['note:"by friday"', ['lamps']],
  ['body:invoice', []],
  ['lamp after:2026-04-02', ['lamps']],
  ['lamp before:2026-04-02', ['offer']],
  ['after:2026-04-03 before:2026-04-05', ['listed', 'report']],
  ['on:2026-04-01', ['offer']],
  ['after:2027', []],
  ['is:closed', ['offer']],
  ['is:open lamp', ['lamps']],
  ['is:read', ['markup']],
  ['-is:unread', ['markup']],
  ['is:open,closed is:unread', ['listed', 'report', 'lamps', 'offer']],
  ['assignee:me', ['report']],
  ['-assignee:me is:open', ['markup', 'listed', 'lamps']],
  ['assignee:none is:closed', ['offer']],
  ['mailbox:m0 subject:hello', ['markup']],
  ['mailbox:m1 subject:hello', []],
  ['mailbox:m1', []],
  ['-mailbox:m1 subject:hello', ['markup']],
  ['tag:refund', ['offer']],
  ['tag:ref', ['lamps', 'offer']],
  ['tag:ref|vip is:open', ['report', 'lamps']],
  ['-tag:ref', ['markup', 'listed', 'report']],
  ['tag:none', ['markup', 'listed']],
  ['tag:vip,none', ['markup', 'listed', 'report']],
  ['-tag:none', ['report', 'lamps', 'offer']],
  ['tag:ref -tag:refund', ['lamps']],
  ['tag:done lamp', ['lamps', 'offer']],
  ['tag:done assignee:none is:closed', ['offer']],
]

describe.each(['while words are in the queue', 'when words are indexed'])('%s', (when) => {
  beforeAll(async () => {
    if (when === 'when words are indexed') await searchIndex.drain()
  })

  it.each(CASES)('%s', async (query, names) => {
    expect((await find(query)).toSorted()).toEqual(names.toSorted())
  })
})

describe('a search', () => {
  it.each([
    ['from:fabrikam', ['markup', 'listed', 'report', 'lamps', 'offer']],
    // The note of `lamps` is newer than every message.
    ['-lamp', ['lamps', 'markup', 'listed', 'report']],
    ['is:unread', ['listed', 'report', 'lamps', 'offer']],
    ['tag:ref|vip', ['report', 'lamps', 'offer']],
  ])('lists conversations by the newest message or note that matches: %s', async (query, names) => {
    expect(await find(query)).toEqual(names)
  })

  it('finds file names that the server lists later, queued or indexed', async () => {
    expect(await find('filename:invoice')).toEqual([])
    await messages.keepAttachments(listed, [file('Invoice 7.pdf')])
    expect(await find('filename:invoice')).toEqual(['listed'])
    await sql`INSERT INTO search_queue (message_id, email_account_id, received_at, queued_at, text)
      SELECT id, email_account_id, received_at, created_at, body FROM messages WHERE id = ${listed}`.execute(
      database.db,
    )
    await messages.keepAttachments(listed, [file('Ledger.pdf')])
    expect(await find('filename:ledger')).toEqual(['listed'])
    await searchIndex.drain()
    expect(await find('filename:ledger')).toEqual(['listed'])
  })

  it('stops at its time limit without words, and continues on the next page', async () => {
    for (const search of ['is:unread', '-nothing', 'has:attachment', '"red lamp"', '-"red lamp"']) {
      const found: string[] = []
      let [before, pages]: [string | undefined, number] = [undefined, 0]
      do {
        const list = await reading.list({
          emailAccountIds: 'all',
          view: 'all',
          search,
          before,
          limit: 1,
          searchLimitMs: 0,
        })
        found.push(...list.conversations.map(({ id }) => id))
        before = list.next
        pages++
      } while (before !== undefined)
      const whole = await reading.list({ emailAccountIds: 'all', view: 'all', search })
      expect(found).toEqual(whole.conversations.map(({ id }) => id))
      expect({ search, pages }).toEqual({ search, pages: found.length })
    }
  })

  it('names the message or note that it has found, and returns its texts', async () => {
    const list = await reading.list({ emailAccountIds: 'all', view: 'all', search: 'invoice friday' })
    const [text] = await reading.hitTexts(list.hitIds!)
    expect(text).toMatchObject({ isNote: true, body: { content: 'Customer called: invoice by Friday.' } })
  })

  it('forgets a deleted note', async () => {
    await sql`DELETE FROM notes`.execute(database.db)
    const { rows } = await sql`SELECT FROM search_entries WHERE search @@ '''o=invoice'''`.execute(database.db)
    expect(rows).toEqual([])
  })
})
