import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import type { Database, Tx } from '../../database/index.ts'
import { createEvents } from '../../events/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'
import { createMonths } from './month-partitions.ts'

/** PostgreSQL has 64 for each connection, and sessions that hold fewer leave theirs to others. */
const MOST_LOCKS = 150
const YEARS = 27

const database = await testDatabase()
const clock = createTestClock('2026-12-31T00:00:00Z')
/** Locks that each transaction held at its end. */
const locks: number[] = []
const counting: Database = {
  ...database,
  transaction: (work, options) =>
    database.transaction(async (tx) => {
      const result = await work(tx)
      locks.push(await countLocks(tx))
      return result
    }, options),
}
const { filing, reading, searchIndex } = createConversations({
  database: counting,
  clock,
  events: createEvents(database),
})
let account: FilingAccount

beforeAll(async () => {
  const months = Array.from({ length: YEARS * 12 }, (_, n) => {
    return `${2000 + Math.floor(n / 12)}_${String((n % 12) + 1).padStart(2, '0')}`
  })
  await createMonths(database, months)
  const address = 'support@contoso.example'
  const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
  account = { id, address, createdAt: clock.now() }
  const messages: RemoteMessage[] = []
  for (let year = 0; year < YEARS; year++) {
    const message = { ...customerMessage(clock, year), receivedAt: new Date(Date.UTC(2000 + year, 5, 1)) }
    const first = messages[year - 1]
    // Each second one is a reply, so that a page compares the words of newer messages in other months.
    const reply = first && year % 2 === 1 ? { subject: `Re: ${first.subject}`, inReplyTo: [first.messageId!] } : {}
    messages.push({ ...message, ...reply, body: { type: 'text', content: 'a lantern' } })
  }
  await database.transaction((tx) => filing.fileMany(tx, account, messages))
  await searchIndex.drain()
})

async function countLocks(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM pg_locks
    WHERE pid = pg_backend_pid()`.execute(tx)
  return rows[0]!.n
}

it('a search of many years finds each conversation once, and each of its transactions locks a few months', async () => {
  locks.length = 0
  const input = { emailAccountIds: 'all' as const, view: 'all' as const, search: 'lantern', limit: 5 }
  const ids: string[] = []
  let before: string | undefined
  do {
    const list = await reading.list({ ...input, before })
    ids.push(...list.conversations.map(({ id }) => id))
    before = list.next
  } while (before !== undefined)
  expect(ids).toHaveLength(Math.ceil(YEARS / 2))
  expect(new Set(ids).size).toBe(ids.length)
  expect(locks.length).toBeGreaterThan(2)
  expect(Math.max(...locks)).toBeLessThan(MOST_LOCKS)
})

it('a deleted message locks the month of its words, and they are forgotten', async () => {
  const held = await database.transaction(async (tx) => {
    await sql`DELETE FROM messages WHERE email_account_id = ${account.id} AND received_at < '2001-01-01'`.execute(tx)
    return countLocks(tx)
  })
  expect(held).toBeLessThan(MOST_LOCKS)
  expect(await countEntries()).toBe(YEARS - 1)
})

it('the words of a removed mailbox are forgotten in all months', async () => {
  await sql`DELETE FROM messages WHERE email_account_id = ${account.id}`.execute(database.db)
  expect(await countEntries()).toBe(0)
})

async function countEntries(): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM search_entries`.execute(database.db)
  return rows[0]!.n
}
