import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { ConversationId, TagId } from '../../kernel/ids.ts'
import type { AuditRecord } from '../../audit/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, parseSearch, type FilingAccount, type ListInput } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const events = createEvents(database)
const recorded: AuditRecord[] = []
const audit = { record: async (_: unknown, record: AuditRecord) => void recorded.push(record) }
const conversations = createConversations({ database, clock, events, audit })
const { tags, tagging, team, reading } = conversations
let number = 0

async function newAccount(): Promise<FilingAccount> {
  const address = 'support@contoso.example'
  const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
  return { id, address, createdAt: clock.now() }
}

async function file(account: FilingAccount, more: Partial<RemoteMessage> = {}): Promise<ConversationId> {
  const n = ++number
  const message = { ...customerMessage(clock, n), receivedAt: new Date(Date.UTC(2026, 0, 1, 0, n)), ...more }
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!.conversationId
}

async function newTag(name = `Tag ${++number}`): Promise<TagId> {
  return (await tags.create({ name }, 'person:ben')).id
}

describe('tags of the installation', () => {
  it('get the color that the fewest tags have, and are listed by name in any case', async () => {
    const [b, a] = [await tags.create({ name: 'beta' }, 'ben'), await tags.create({ name: 'Alpha' }, 'ben')]
    expect(a.color).not.toBe(b.color)
    expect((await tags.list()).map(({ name }) => name).slice(0, 2)).toEqual(['Alpha', 'beta'])
  })

  it('have names that are unique in any case, also after a change and a restore', async () => {
    const [invoice, other] = [await newTag('Invoice'), await newTag('Order')]
    const taken = { code: 'conversations.tag_name_taken' }
    await expect(newTag('INVOICE')).rejects.toMatchObject(taken)
    await expect(tags.change(other, { name: 'invoice' }, 'ben')).rejects.toMatchObject(taken)
    await tags.delete(invoice, 'ben')
    await newTag('invoice')
    await expect(tags.restore(invoice, 'ben')).rejects.toMatchObject(taken)
  })

  it('are at most 500, also after a restore', async () => {
    const id = await newTag()
    await tags.delete(id, 'person:olga')
    await sql`INSERT INTO tags (id, name, color, created_at)
      SELECT gen_random_uuid(), 'Filler ' || n, 'gray', ${clock.now()} FROM generate_series(1, 500) AS n`.execute(
      database.db,
    )
    const tooMany = { code: 'conversations.too_many_tags' }
    await expect(newTag()).rejects.toMatchObject(tooMany)
    await expect(tags.restore(id, 'person:olga')).rejects.toMatchObject(tooMany)
    await sql`DELETE FROM tags WHERE name LIKE 'Filler %'`.execute(database.db)
    expect((await tags.restore(id, 'person:olga')).id).toBe(id)
  })

  it('are administered with an audit entry and an event of each change', async () => {
    const from = (await events.list({ emailAccountIds: 'all', limit: 500 })).events.at(-1)?.id ?? 0
    recorded.length = 0
    const id = await newTag('Refund')
    await tags.change(id, { color: 'red' }, 'person:olga')
    await tags.change(id, { color: 'red' }, 'person:olga')
    await tags.delete(id, 'person:olga')
    await expect(tags.delete(id, 'person:olga')).rejects.toMatchObject({ code: 'conversations.tag_not_found' })
    await tags.restore(id, 'person:olga')

    expect(recorded.map(({ action }) => action)).toEqual(['tag.created', 'tag.changed', 'tag.deleted', 'tag.restored'])
    const account = await newAccount()
    const seen = await events.list({ emailAccountIds: [account.id], after: from })
    expect(seen.events.map(({ kind }) => kind)).toEqual(recorded.map(({ action }) => action))
    expect((await events.list({ emailAccountIds: [], after: from })).events).toEqual([])
  })
})

describe('tags of a conversation', () => {
  let account: FilingAccount
  beforeAll(async () => {
    account = await newAccount()
  })

  const tagIdsOf = async (id: ConversationId) => (await reading.find(id))!.tagIds
  const list = async (tagId: TagId, more: object = {}) =>
    (await reading.list({ emailAccountIds: [account.id], view: 'open', tagId, ...more })).conversations.map(
      ({ id }) => id,
    )

  it('are added and removed without touching others, with the names in the event', async () => {
    const id = await file(account)
    const [one, two, three] = [await newTag('One'), await newTag('Two'), await newTag('Three')]
    await tagging.change(id, { add: [one, two], remove: [] }, 'person:ben')
    const after = await tagging.change(id, { add: [three, two], remove: [one] }, 'person:ben')
    expect(after.tagIds).toEqual([two, three])
    await tagging.change(id, { add: [two], remove: [one] }, 'person:ben')

    const { events: happened } = await events.list({ emailAccountIds: 'all', subjectId: id })
    expect(happened.filter(({ kind }) => kind === 'conversation.tagged').map(({ payload }) => payload)).toEqual([
      {
        conversationId: id,
        added: [
          { id: one, name: 'One' },
          { id: two, name: 'Two' },
        ],
        removed: [],
        by: 'person:ben',
      },
      {
        conversationId: id,
        added: [{ id: three, name: 'Three' }],
        removed: [{ id: one, name: 'One' }],
        by: 'person:ben',
      },
    ])
  })

  it('are at most 20, and none is unknown or deleted', async () => {
    const id = await file(account)
    const many = await Promise.all(Array.from({ length: 20 }, () => newTag()))
    await tagging.change(id, { add: many, remove: [] }, 'ben')
    const more = await newTag()
    const tooMany = { code: 'conversations.too_many_tags' }
    await expect(tagging.change(id, { add: [more], remove: [] }, 'ben')).rejects.toMatchObject(tooMany)
    expect((await tagging.change(id, { add: [more], remove: [many[0]!] }, 'ben')).tagIds).toHaveLength(20)
    await tags.delete(many[1]!, 'ben')
    const add = { add: [many[1]!], remove: [] }
    await expect(tagging.change(id, add, 'ben')).rejects.toMatchObject({ code: 'conversations.tag_not_found' })
  })

  it('filter every kind of list, page by page, in the order of the latest message', async () => {
    const other = await newAccount()
    const tag = await newTag()
    const tagged: ConversationId[] = []
    for (let n = 0; n < 5; n++) {
      const id = await file(n === 4 ? other : account, { subject: 'Zebra' })
      await file(account, { subject: 'Zebra' })
      await tagging.change(id, { add: [tag], remove: [] }, 'ben')
      tagged.unshift(id)
    }
    const [foreign, newest, second, third, oldest] = tagged
    await team.close(second!, 'ben')
    await team.assign(third!, 'kim', 'ben')

    expect(await list(tag)).toEqual([newest, third, oldest])
    expect(await list(tag, { view: 'closed' })).toEqual([second])
    expect(await list(tag, { view: 'all' })).toEqual([newest, second, third, oldest])
    expect(await list(tag, { view: 'mine', userId: 'kim' })).toEqual([third])
    expect(await list(tag, { view: 'unassigned' })).toEqual([newest, oldest])
    expect(await list(tag, { emailAccountIds: 'all' })).toEqual([foreign, newest, third, oldest])
    expect(await list(tag, { search: 'zebra' })).toEqual([newest, third, oldest])
    expect(await list(tag, { ids: [...tagged, await file(account)] })).toEqual([newest, third, oldest])
    const first = await reading.list({ emailAccountIds: [account.id], view: 'open', tagId: tag, limit: 2 })
    expect(await list(tag, { before: first.next })).toEqual([oldest])

    await file(account, { subject: 'Zebra', inReplyTo: [await messageIdOf(oldest!)] })
    await team.reopen(second!, 'ben')
    expect(await list(tag)).toEqual([oldest, newest, second, third])
  })

  it('are united by a merge, and copied by a split', async () => {
    const [one, two] = [await newTag(), await newTag()]
    const [from, into] = [await file(account), await file(account)]
    await tagging.change(from, { add: [one, two], remove: [] }, 'ben')
    await tagging.change(into, { add: [two], remove: [] }, 'ben')
    await team.merge(from, into, 'ben')
    expect(await tagIdsOf(into)).toEqual([two, one])
    expect(await list(one)).toEqual([into])

    const { messages } = await reading.get(into)
    const split = await team.split(into, [messages[0]!.id], 'ben')
    expect(split.tagIds).toEqual([two, one])
    expect((await list(one)).sort()).toEqual([into, split.id].sort())
    expect(await indexedTags(split.id)).toEqual([two, one].sort())
  })

  it('come back with a deleted tag', async () => {
    const tag = await newTag()
    const id = await file(account)
    await tagging.change(id, { add: [tag], remove: [] }, 'ben')
    await tags.delete(tag, 'ben')
    expect((await tags.list()).map((each) => each.id)).not.toContain(tag)
    await tags.restore(tag, 'ben')
    expect(await list(tag)).toEqual([id])
  })

  it('are listed by reading only the rows of the page, and searched by reading those with the tag', async () => {
    const [frequent, rare] = [
      await tags.create({ name: 'Frequent' }, 'ben'),
      await tags.create({ name: 'Rare' }, 'ben'),
    ]
    await sql`INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, message_count,
        last_message_at, created_at, tag_ids)
      SELECT gen_random_uuid(), ${account.id}, '', CASE WHEN n % 10 = 0 THEN 'open' ELSE 'closed' END, '[]', '', false, 1,
        now() + n * interval '1 minute', now(), ARRAY[${frequent.id}]::uuid[]
          || CASE WHEN n % 1000 = 0 THEN ARRAY[${rare.id}]::uuid[] ELSE '{}' END FROM generate_series(1, 20000) n`.execute(
      database.db,
    )
    await sql`ANALYZE conversation_tags, conversations`.execute(database.db)
    const byTag = await rowsRead({ view: 'open', tagId: frequent.id, limit: 30 }, 30)
    expect(byTag).toBeGreaterThan(30)
    expect(byTag).toBeLessThan(100)
    const known = { now: clock.now(), timeZone: 'UTC', tags: [frequent, rare] }
    expect(await rowsRead({ view: 'all', search: parseSearch('tag:rare tag:freq', known) }, 20)).toBeLessThan(200)
  })

  /** Rows of tables that a list reads. */
  async function rowsRead(input: Omit<ListInput, 'emailAccountIds'>, found: number): Promise<number> {
    return database.transaction(async (tx) => {
      const alone = createConversations({ database: { ...database, db: tx }, clock, events })
      const list = await alone.reading.list({ emailAccountIds: [account.id], ...input })
      expect(list.conversations).toHaveLength(found)
      const { rows } = await sql<{ rows: number }>`SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows
        FROM pg_stat_xact_all_tables WHERE relname IN ('conversations', 'conversation_tags')`.execute(tx)
      return rows[0]!.rows
    })
  }

  async function messageIdOf(id: ConversationId): Promise<string> {
    return (await reading.get(id)).messages[0]!.messageId!
  }

  async function indexedTags(id: ConversationId): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`SELECT tag_id AS id FROM conversation_tags WHERE conversation_id = ${id}
      ORDER BY tag_id`.execute(database.db)
    return rows.map((row) => row.id)
  }
})
