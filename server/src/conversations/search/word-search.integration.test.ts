import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount, type ListInput } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const conversations = createConversations({ database, clock, events: createEvents(database) })
const { reading, team, searchIndex } = conversations

/** `the` is in every message, `quartz` in two. */
const WORDS = ['the', 'lamp', 'lampshade', 'kettle', 'state-of-the-art', 'lee@partner.example', 'Müllabfuhr', 'quartz']
const SHARE = [1, 0.3, 0.1, 0.05, 0.1, 0.05, 0.1, 0.005]
const MESSAGES = 400
const DAY_MS = 24 * 60 * 60 * 1000

interface Written {
  text: string
  at: number
  account: EmailAccountId
  conversationId: string
}

const accounts: FilingAccount[] = []
const written: Written[] = []

/** Numbers from 0 to 1 that are the same in each run. */
let state = 42
const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648

beforeAll(async () => {
  for (const name of ['one', 'two', 'hidden']) {
    const address = `${name}@contoso.example`
    const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
    accounts.push({ id, address, createdAt: clock.now() })
  }
  const messages: { account: FilingAccount; message: RemoteMessage }[] = []
  for (let n = 0; n < MESSAGES; n++) {
    const text = WORDS.filter((_, word) => random() < SHARE[word]!).join(' . ')
    // Half a year before and after three years, so that months are empty, and many messages of one moment.
    const at = Date.UTC(2024, 0, 1) + Math.floor(random() ** 3 * 360) * DAY_MS * (random() < 0.1 ? 4 : 1)
    const first = messages[Math.floor(random() * messages.length)]
    const isReply = first !== undefined && random() < 0.5
    const account = isReply ? first.account : accounts[Math.floor(random() * 3)]!
    const message: RemoteMessage = {
      ...customerMessage(clock, n),
      subject: isReply ? `Re: ${first.message.subject}` : `Subject ${n}`,
      inReplyTo: isReply ? [first.message.messageId!] : [],
      receivedAt: new Date(at),
      body: { type: 'text', content: text },
    }
    messages.push({ account, message })
  }
  for (const account of accounts) {
    const own = messages.filter((each) => each.account === account).map(({ message }) => message)
    const filed = await database.transaction((tx) => conversations.filing.fileMany(tx, account, own))
    filed.forEach((one, n) => {
      const { body, receivedAt } = own[n]!
      const { conversationId } = one!
      written.push({ text: body.content, at: receivedAt.getTime(), account: account.id, conversationId })
    })
  }
  const ids = [...new Set(written.map(({ conversationId }) => conversationId))]
  for (const [n, id] of ids.entries()) if (n % 4 === 0) await team.close(id as never, 'ben')
  // Some are indexed, and the newest are not.
  await searchIndex.drain()
  await sql`WITH moved AS (DELETE FROM search_entries WHERE received_at > '2024-09-01' RETURNING *)
    INSERT INTO search_queue (message_id, email_account_id, received_at, queued_at, text)
    SELECT moved.message_id, moved.email_account_id, moved.received_at, created_at, body FROM moved JOIN messages ON id = moved.message_id`.execute(
    database.db,
  )
})

/** Ids of all pages, and the number of pages. */
async function allPages(input: Omit<ListInput, 'before'>): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = []
  let before: string | undefined
  let pages = 0
  do {
    const list = await reading.list({ ...input, before })
    expect(list.conversations.length).toBeLessThanOrEqual(input.limit ?? 50)
    ids.push(...list.conversations.map(({ id }) => id))
    before = list.next
    pages++
  } while (before !== undefined)
  return { ids, pages }
}

/** Conversations with a message that contains a word with each of these beginnings, and the time of the newest. */
function expectedOf(search: string, visible: readonly FilingAccount[]): Map<string, number> {
  const wanted = search.toLowerCase().split(' ')
  const times = new Map<string, number>()
  for (const { text, at, account, conversationId } of written) {
    const words = text.toLowerCase().split(/[ .]+(?=\S)|-/)
    const all = [...text.toLowerCase().split(' '), ...words]
    if (!visible.some(({ id }) => id === account)) continue
    if (!wanted.every((begin) => all.some((word) => word.startsWith(begin)))) continue
    times.set(conversationId, Math.max(at, times.get(conversationId) ?? -Infinity))
  }
  return times
}

const SEARCHES = ['the', 'lamp', 'lampshade', 'lamp kettle', 'la', 'qu the', 'quartz', 'müll', 'art lamp', 'state-of-the-art', 'lee@partner.example', 'lee@partner.example qua', 'nothing'] // prettier-ignore

describe('a search', () => {
  it.each(SEARCHES)(
    'finds each conversation with %j once, newest message first, on pages of any size',
    async (search) => {
      const visible = accounts.slice(0, 2)
      const emailAccountIds = visible.map(({ id }) => id)
      const times = expectedOf(search, visible)
      for (const limit of [1, 7, 200]) {
        if (limit === 1 && times.size > 40) continue
        const { ids } = await allPages({ emailAccountIds, view: 'all', search, limit })
        expect(new Set(ids)).toEqual(new Set(times.keys()))
        expect(ids).toHaveLength(times.size)
        const order = ids.map((id) => times.get(id)!)
        expect(order).toEqual(order.toSorted((one, other) => other - one))
      }
    },
  )

  it.each(['the', 'lamp', 'quartz', 'nothing'])(
    'for %j that has reached its time limit returns what it found, and continues with the next page',
    async (search) => {
      const input = { emailAccountIds: 'all' as const, view: 'all' as const, search, limit: 200 }
      const whole = await allPages(input)
      const limited = await allPages({ ...input, searchLimitMs: 0 })
      expect(limited.ids).toEqual(whole.ids)
      expect(limited.pages).toBeGreaterThan(whole.pages)
    },
  )

  it('keeps to the view and the mailbox', async () => {
    const [one, two] = accounts as [FilingAccount, FilingAccount]
    const all = { emailAccountIds: 'all' as const, search: 'lamp' }
    const { ids } = await allPages({ ...all, view: 'all', emailAccountId: two.id })
    expect(new Set(ids)).toEqual(new Set(expectedOf('lamp', [two]).keys()))
    const open = await allPages({ ...all, view: 'open' })
    const closed = await allPages({ ...all, view: 'closed' })
    expect(open.ids.length).toBeGreaterThan(0)
    expect(closed.ids.length).toBeGreaterThan(0)
    expect([...open.ids, ...closed.ids].sort()).toEqual([...expectedOf('lamp', accounts).keys()].sort())
    const hidden = { emailAccountIds: [one.id], view: 'all' as const, emailAccountId: two.id, search: 'lamp' }
    expect(await reading.list(hidden)).toEqual({ conversations: [], next: undefined })
  })

  it('finds the messages of a merged conversation in the other one', async () => {
    const [from] = [...expectedOf('quartz', accounts).keys()] as [never]
    const account = written.find(({ conversationId }) => conversationId === from)!.account
    const target = written.find((one) => one.account === account && one.conversationId !== from)!.conversationId
    await team.merge(from, target as never, 'ben')
    const { ids } = await allPages({ emailAccountIds: 'all', view: 'all', search: 'quartz' })
    expect(ids).toContain(target)
    expect(ids).not.toContain(from)
  })
})
