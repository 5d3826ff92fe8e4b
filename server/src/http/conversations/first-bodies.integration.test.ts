import { afterAll, expect, it, onTestFinished } from 'vitest'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import { createParser, type Parser } from '../../mime/index.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

interface Body {
  html: string
  blockedCount: number
  isPlain: boolean
}

const clock = createTestClock()
const site = await createSite()
let count = 0

async function createSite(changes: { parser?: Parser } = {}) {
  const database = await testDatabase()
  const { ask, person, rooms } = await createTestApp(database, clock, changes)
  const { id } = await storeEmailAccount(database, clock)
  const account = await rooms.emailAccounts.get(id)
  const as = await person('agent', [id])

  async function file(
    lines: readonly string[],
    more: { answers?: string; flags?: string[] } = {},
  ): Promise<{ conversationId: ConversationId; messageId: StoredMessageId; sent: string }> {
    const sent = `${++count}@customer.example`
    const answers = more.answers === undefined ? [] : [`In-Reply-To: <${more.answers}>`]
    const source = Buffer.from([`From: kim@customer.example`, `Subject: Order`, ...answers, ...lines].join('\r\n'))
    const message = {
      ...{ ...(await rooms.parser.parse(source)), partial: false as const, messageId: sent, source },
      ...{ remoteId: `imap:1:${count}:INBOX`, folderRemoteId: 'inbox', remoteConversationId: undefined },
      ...{ receivedAt: new Date(clock.now().getTime() + count * 1000), flags: more.flags ?? ['seen'] },
    }
    const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message))
    return { conversationId: filed!.conversationId, messageId: filed!.messageId, sent }
  }
  const bodiesOf = async (id: ConversationId, query: string) => {
    const { status, body } = await ask(`GET /v1/conversations/${id}${query}`, { as })
    return { status, bodies: (body as { bodies: Record<string, Body> }).bodies }
  }
  return { ask, as, person, file, bodiesOf }
}

const html = (content: string) => ['Content-Type: text/html', '', content]
// Time enough on a busy machine: the first view starts a thread.
const patient = createParser({ threads: 1, showTimeoutMs: 60_000 })
afterAll(() => patient.close())

it('a conversation has the texts of its newest and its unread messages, sanitized, if requested', async () => {
  const warm = await createSite({ parser: patient })
  const first = await warm.file(html('<p>one</p>'))
  const unread = await warm.file(html('<p>two</p>'), { answers: first.sent, flags: [] })
  const newest = await warm.file(
    html('<p onclick="x()">three</p><script>x()</script><img src="https://shop.example/a.png">'),
    { answers: first.sent },
  )
  const { conversationId: id } = newest

  // A request may leave out a text that is not ready in time.
  let bodies: Record<string, Body> = {}
  const shownBy = async (query: string) => Object.keys(({ bodies } = await warm.bodiesOf(id, query)).bodies).sort()
  await expect.poll(() => shownBy('?bodies=3')).toEqual([unread.messageId, newest.messageId].sort())
  const shown = bodies[newest.messageId]!
  expect([shown.blockedCount, shown.isPlain]).toEqual([1, false])
  expect(shown.html).toContain('three')
  expect(shown.html).not.toMatch(/script|onclick|shop\.example/)
  await expect.poll(() => shownBy('?bodies=1')).toEqual([newest.messageId])
  expect(await warm.bodiesOf(id, '')).toEqual({ status: 200, bodies: {} })
  expect((await warm.bodiesOf(id, '?bodies=6')).status).toBe(400)
})

it('a large text, and one that takes long, do not delay their conversation', async () => {
  let release = () => {}
  const stuck: Parser = {
    ...patient,
    view: async (body) => {
      await new Promise<void>((resolve) => (release = resolve))
      return patient.view(body)
    },
  }
  onTestFinished(() => release())
  const slow = await createSite({ parser: stuck })
  const large = await slow.file(html(`<p>${'x'.repeat(100_000)}</p>`))
  const small = await slow.file(html('<p>Hello</p>'))

  expect(await slow.bodiesOf(large.conversationId, '?bodies=1')).toEqual({ status: 200, bodies: {} })
  expect(await slow.bodiesOf(small.conversationId, '?bodies=1')).toEqual({ status: 200, bodies: {} })
})

it('a text that could not be shown is not tried again', async () => {
  let shownCount = 0
  const hopeless: Parser = {
    ...patient,
    view: () => {
      shownCount++
      return Promise.resolve({ view: undefined, isTransient: false })
    },
  }
  const { ask, as, file, bodiesOf } = await createSite({ parser: hopeless })
  const { conversationId: id, messageId } = await file(html('<p>Hello</p>'))
  await ask(`GET /v1/messages/${messageId}/body`, { as })
  expect(shownCount).toBe(1)

  expect(await bodiesOf(id, '?bodies=1')).toEqual({ status: 200, bodies: {} })

  expect(shownCount).toBe(1)
})

it('texts are sent to agents of the mailbox only', async () => {
  const { conversationId: id } = await site.file(html('<p>secret</p>'))
  const stranger = await site.person('agent', [])

  const { status, text } = await site.ask(`GET /v1/conversations/${id}?bodies=1`, { as: stranger })

  expect(status).toBe(404)
  expect(text).not.toContain('secret')
})
