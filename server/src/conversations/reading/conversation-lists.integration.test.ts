import { beforeAll, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type ConversationListView, type FiledMessage, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const conversations = createConversations({ database, clock, events: createEvents(database) })
let number = 0

async function newAccount(): Promise<FilingAccount> {
  const address = 'support@contoso.example'
  const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
  return { id, address, createdAt: clock.now() }
}

function mail(more: Partial<RemoteMessage>): RemoteMessage {
  const n = ++number
  return { ...customerMessage(clock, n), preview: `Preview ${n}`, ...more }
}

async function file(account: FilingAccount, message: RemoteMessage): Promise<FiledMessage> {
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!
}

describe('a conversation list', () => {
  it('merges the visible mailboxes and all statuses into one order', async () => {
    const [one, two, hidden] = [await newAccount(), await newAccount(), await newAccount()]
    const filed: string[] = []
    for (let n = 0; n < 9; n++) {
      const account = [one, two, hidden][n % 3]!
      const { conversationId } = await file(account, mail({ receivedAt: new Date(Date.UTC(2026, 2, 1, 0, n)) }))
      if (account !== hidden) filed.unshift(conversationId)
      if (n % 2 === 0) await conversations.team.close(conversationId, 'ben')
    }
    const seen: string[] = []
    let before: string | undefined
    do {
      const input = { emailAccountIds: [one.id, two.id], view: 'all' as const, limit: 2, before }
      const page = await conversations.reading.list(input)
      seen.push(...page.conversations.map(({ id }) => id))
      before = page.next
    } while (before)

    expect(seen).toEqual(filed)
    const unseen = { emailAccountIds: [one.id], emailAccountId: two.id, view: 'all' as const }
    expect((await conversations.reading.list(unseen)).conversations).toEqual([])
  })

  it('returns those of some conversations that are in the view and visible', async () => {
    const [one, two] = [await newAccount(), await newAccount()]
    const at = (minute: number) => ({ receivedAt: new Date(Date.UTC(2026, 4, 1, 0, minute)) })
    const [older, newer, closed, hidden] = [
      await file(one, mail(at(1))),
      await file(one, mail(at(2))),
      await file(one, mail(at(3))),
      await file(two, mail(at(4))),
    ].map(({ conversationId }) => conversationId)
    await conversations.team.close(closed!, 'ben')
    await conversations.team.assign(older!, 'ben', 'ben')
    const ids = [closed!, older!, newer!, hidden!]
    const inView = async (view: ConversationListView) =>
      (
        await conversations.reading.list({ emailAccountIds: [one.id], view, userId: 'ben', ids, limit: 1 })
      ).conversations.map(({ id }) => id)

    expect(await inView('open')).toEqual([newer, older])
    expect(await inView('closed')).toEqual([closed])
    expect(await inView('mine')).toEqual([older])
    expect(await inView('unassigned')).toEqual([newer])
    expect(await inView('all')).toEqual([closed, newer, older])
  })

  it('finds words in the latest and in much older conversations, page by page', async () => {
    const account = await newAccount()
    const page = Array.from({ length: 230 }, (_, n) =>
      mail({
        subject: n < 3 ? 'Zebra' : n >= 225 ? 'Zebra crossing' : 'Horse',
        receivedAt: new Date(Date.UTC(2026, 3, 1, 0, n)),
      }),
    )
    await database.transaction((tx) => conversations.filing.fileMany(tx, account, page))
    const found: string[] = []
    let before: string | undefined
    do {
      const list = await conversations.reading.list({
        ...{ emailAccountIds: [account.id], view: 'open' as const },
        ...{ search: 'zebr', limit: 3, before },
      })
      found.push(...list.conversations.map(({ preview }) => preview))
      before = list.next
    } while (before)

    const zebras = page.filter(({ subject }) => subject !== 'Horse').map(({ preview }) => preview)
    expect(found).toEqual(zebras.reverse())
  })

  describe('with few hits among many conversations', () => {
    const MANY = 5_000
    const LANES = 2
    const scope = { accounts: [] as EmailAccountId[] }

    beforeAll(async () => {
      const { id } = await newAccount()
      scope.accounts = [id]
      await database.pool.query(
        `INSERT INTO conversations (id, email_account_id, subject, status, snoozed_until, assignee_id, participants,
           preview, unread, needs_reply, message_count, last_message_at, created_at, last_sent_at, place)
         SELECT gen_random_uuid(), $1, 'Order', status, CASE status WHEN 'snoozed' THEN now() END,
           CASE WHEN n > 5 THEN 'ann' END, '[]', '', false, n <= 5, 1, now() - n * interval '1 minute', now(),
           CASE n % 2 WHEN 0 THEN now() - n * interval '1 minute' END,
           CASE WHEN n > $2::int - 5 THEN 'spam' WHEN n > $2::int - 10 THEN 'deleted' ELSE 'inbox' END
         FROM generate_series(1, $2::int) AS n,
           LATERAL (SELECT CASE WHEN n > 10 THEN 'open' WHEN n > 7 THEN 'waiting' WHEN n > 5 THEN 'snoozed' ELSE 'open'
             END AS status) AS s`,
        [id, MANY],
      )
      await database.pool.query('ANALYZE conversations')
    })

    it.each(
      (['unassigned', 'needs-reply', 'waiting', 'snoozed', 'mine', 'sent', 'spam', 'deleted'] as const).flatMap(
        (view) => (['one', 'all'] as const).map((which) => [view, which] as const),
      ),
    )('reads few rows: view %s, mailboxes: %s', async (view, which) => {
      const input = { emailAccountIds: which === 'all' ? ('all' as const) : scope.accounts, view, userId: 'ben' }
      expect(await rowsRead(() => counting.reading.list(input))).toBeLessThan(200 * LANES)
    })
  })
})

let statement: { sql: string; parameters: readonly unknown[] } | undefined
const counting = createConversations({
  ...{ clock, events: createEvents(database) },
  database: {
    ...database,
    db: database.db.withPlugin({
      transformQuery: ({ node, queryId }) => {
        statement = database.db.getExecutor().compileQuery(node, queryId)
        return node
      },
      transformResult: ({ result }) => Promise.resolve(result),
    }),
  },
})

/** Rows that the scans of the last statement read, those that a filter removed included. */
async function rowsRead(work: () => Promise<unknown>): Promise<number> {
  await work()
  const { rows } = await database.pool.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${statement!.sql}`,
    [...statement!.parameters],
  )
  return sum(rows[0]!['QUERY PLAN'][0]!.Plan)
}

interface Plan {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

function sum(plan: Plan): number {
  const isScan = /(?:Seq|Index|Index Only|Bitmap Heap) Scan/.test(plan['Node Type'])
  const read = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
  return (plan.Plans ?? []).reduce((total, each) => total + sum(each), isScan ? read : 0)
}
