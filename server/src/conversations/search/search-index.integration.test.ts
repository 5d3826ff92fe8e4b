import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createDatabase, DEFAULT_LIMITS } from '../../database/index.ts'
import { createEvents } from '../../events/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import {
  createTestClock,
  customerMessage,
  silentLog,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'
import { createSearchIndex } from './search-index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const events = createEvents(database)
const newRoom = () => createConversations({ database, clock, events })
const conversations = newRoom()
let number = 0

async function newAccount(): Promise<FilingAccount> {
  const address = `support${++number}@contoso.example`
  const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
  return { id, address, createdAt: clock.now() }
}

function mail(
  text: string,
  receivedAt = new Date(Date.UTC(2026, 3, 1)),
  more: Partial<RemoteMessage> = {},
): RemoteMessage {
  return { ...customerMessage(clock, ++number), receivedAt, body: { type: 'text', content: text }, ...more }
}

async function file(account: FilingAccount, ...messages: RemoteMessage[]): Promise<string[]> {
  const filed = await database.transaction((tx) => conversations.filing.fileMany(tx, account, messages))
  return filed.map((one) => one!.conversationId)
}

async function found(account: FilingAccount, search: string): Promise<string[]> {
  const list = await conversations.reading.list({ emailAccountIds: [account.id], view: 'all', search })
  return list.conversations.map(({ id }) => id)
}

async function queued(): Promise<number> {
  return (await conversations.searchIndex.figures()).messages
}

async function entriesOf({ id }: FilingAccount): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM search_entries
    WHERE email_account_id = ${id}`.execute(database.db)
  return rows[0]!.n
}

/** Sessions that wait for a lock of `search_entries`. */
async function waitersForEntries(): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM pg_locks
    WHERE relation = 'search_entries'::regclass AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(database.db)
  return rows[0]!.n
}

describe('the search index', () => {
  it('takes each message out of the queue when it is notified, and finds it before and after', async () => {
    const account = await newAccount()
    const ids = await file(account, mail('a kettle'), mail('a teapot', new Date(Date.UTC(2019, 0, 1))))
    expect(await queued()).toBe(2)
    expect(await found(account, 'kettle')).toEqual([ids[0]])

    const { searchIndex } = newRoom()
    await searchIndex.start()
    await expect.poll(queued).toBe(0)
    const [later] = await file(account, mail('a later kettle', new Date(Date.UTC(2026, 4, 1))))
    await expect.poll(queued).toBe(0)
    await searchIndex.stop()

    expect(await found(account, 'kettle')).toEqual([later, ids[0]])
    expect(await found(account, 'teapot')).toEqual([ids[1]])
    expect(await entriesOf(account)).toBe(3)
  })

  it('accepts mail of any date', async () => {
    const account = await newAccount()
    const dates = ['-000043-03-15T12:00:00Z', '1970-01-01T00:00:00Z', '2000-01-31T23:59:59Z', '2000-02-01T00:00:00Z', '2099-12-31T23:59:59Z', '2100-01-01T00:00:00Z', '+012026-01-01T00:00:00Z'] // prettier-ignore
    const ids = await file(account, ...dates.map((date) => mail('a sundial', new Date(date))))
    await conversations.searchIndex.drain()
    expect(await queued()).toBe(0)
    expect(await found(account, 'sundial')).toEqual(ids.toReversed())
  })

  it('indexes the other messages beside one with more words than PostgreSQL accepts', async () => {
    const account = await newAccount()
    // Each is indexed as a whole and in both parts, at three bytes per character: more than a megabyte.
    const number = (n: number) => String.fromCodePoint(0x4e00 + (n % 5000), 0x4e00 + Math.floor(n / 5000))
    const words = Array.from({ length: 20_000 }, (_, n) => `${number(n)}漢字漢字漢-漢字漢字漢${number(n)}`).join(' ')
    const ids = await file(account, mail('the first'), mail(`enormous ${words}`), mail('the last'))
    await conversations.searchIndex.drain()
    expect(await queued()).toBe(0)
    expect(await found(account, 'enormous')).toEqual([ids[1]])
    expect(await entriesOf(account)).toBe(3)
  })

  it('leaves out what a message quotes from its conversation, and indexes the quotation of the first message', async () => {
    const account = await newAccount()
    const first = mail('Is there a ladder?\n> copper', undefined, { messageId: 'ladder@x' })
    const reply = mail('A wooden one.\n> Is there a ladder?\n>> copper', undefined, { inReplyTo: ['ladder@x'] })
    const [id] = await file(account, first)
    expect(await file(account, reply)).toEqual([id])
    await conversations.searchIndex.drain()
    for (const word of ['copper', 'ladder', 'wooden']) expect(await found(account, word)).toEqual([id])
    const { rows } = await sql<{ words: string[] }>`SELECT tsvector_to_array(search) AS words FROM search_entries
      WHERE email_account_id = ${account.id} AND search @@ 'wooden'`.execute(database.db)
    expect(rows[0]!.words).not.toContain('copper')
    expect(rows[0]!.words).not.toContain('ladder')
  })

  it('keeps the words of a quotation if the message that it replies to is not stored', async () => {
    const account = await newAccount()
    const first = mail('Is there a ladder?', undefined, { messageId: 'first@y' })
    const references = ['first@y', 'elsewhere@y']
    // A customer forwards, in a known conversation, what a colleague wrote to the customer alone.
    const quoting = mail('See below.\n> a chandelier', undefined, { inReplyTo: ['elsewhere@y'], references })
    const [id] = await file(account, first)
    expect(await file(account, quoting)).toEqual([id])
    await conversations.searchIndex.drain()
    expect(await found(account, 'chandelier')).toEqual([id])
  })

  it('indexes long messages in statements with at most a megabyte of text and one message', async () => {
    const account = await newAccount()
    await file(account, ...Array.from({ length: 30 }, () => mail('ladder7 '.repeat(15_000))))
    await conversations.searchIndex.drain()
    const { rows } = await sql<{ messages: number }>`SELECT count(*)::integer AS messages FROM search_entries
      WHERE email_account_id = ${account.id} GROUP BY xmin`.execute(database.db)
    expect(rows.reduce((sum, { messages }) => sum + messages, 0)).toBe(30)
    expect(Math.max(...rows.map(({ messages }) => messages))).toBeLessThanOrEqual(10)
  })

  it('indexes the other messages beside one that exceeds the time limit of a statement', async () => {
    const account = await newAccount()
    await file(account, mail('a first ladder'))
    await conversations.searchIndex.drain()
    // Indexing takes too long with the words that only the whole text has.
    await sql`CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(60) WHERE NEW.search @@ 'unending'::tsquery; RETURN NEW; END $$;
      CREATE TRIGGER be_slow BEFORE INSERT ON search_entries FOR EACH ROW EXECUTE FUNCTION be_slow()`.execute(
      database.db,
    )
    const limits = { ...DEFAULT_LIMITS, statementMs: 2_000 }
    const limited = await createDatabase(database.url, { log: silentLog, maxConnections: 2, limits })
    try {
      const heavy = mail(`a heavy ladder ${'and-so-on '.repeat(6_000)} unending`)
      const ids = await file(account, mail('a second ladder'), heavy, mail('a third ladder'), mail('a fourth ladder'))
      const searchIndex = createSearchIndex({ database: limited, clock })
      await searchIndex.drain()
      expect(await queued()).toBe(0)
      expect(await entriesOf(account)).toBe(5)
      expect(await found(account, 'heavy ladder')).toEqual([ids[1]])
    } finally {
      await limited.close()
      await sql`DROP FUNCTION be_slow CASCADE`.execute(database.db)
    }
  })

  it('forgets the words of a removed mailbox, indexed or not', async () => {
    const [removed, kept] = [await newAccount(), await newAccount()]
    await file(removed, mail('a lamp'))
    await file(kept, mail('a lamp'))
    await conversations.searchIndex.drain()
    await file(removed, mail('another lamp'))
    await database.db
      .deleteFrom('conversations')
      .where('email_account_id', '=', removed.id)
      .execute()
      .catch(() => undefined)
    await database.db.deleteFrom('messages').where('email_account_id', '=', removed.id).execute()
    expect(await queued()).toBe(0)
    expect(await entriesOf(removed)).toBe(0)
    expect(await entriesOf(kept)).toBe(1)
  })

  it('reports the number and the age of the messages that are not searchable yet', async () => {
    const account = await newAccount()
    expect(await conversations.searchIndex.figures()).toEqual({ messages: 0, lagSeconds: 0 })
    await file(account, mail('a stove'), mail('a stove'))
    await sql`UPDATE search_queue SET queued_at = queued_at - interval '5 seconds'`.execute(database.db)
    const { messages, lagSeconds } = await conversations.searchIndex.figures()
    expect(messages).toBe(2)
    expect(lagSeconds).toBe(5)
    await conversations.searchIndex.drain()
  })
})

describe('an import ahead of the search index', () => {
  it('waits until its messages are indexed', async () => {
    await file(await newAccount(), mail('a stove'))
    const searchIndex = createSearchIndex({ database, clock, longestWaitMs: 10 * 60_000 })
    let isWaiting = true
    let waited: Promise<void> | undefined
    await database.transaction(async (tx) => {
      await sql`LOCK TABLE search_entries IN EXCLUSIVE MODE`.execute(tx)
      await searchIndex.start()
      await expect.poll(waitersForEntries).toBe(1)
      searchIndex.written(600)
      waited = searchIndex.waitForRoom().then(() => void (isWaiting = false))
      await waitersForEntries()
      expect(isWaiting).toBe(true)
    })
    await waited
    expect(await queued()).toBe(0)
    await searchIndex.stop()
  })

  it('does not wait where no search index runs', async () => {
    const { searchIndex } = newRoom()
    searchIndex.written(10_000)
    await searchIndex.waitForRoom()
  })
})
