import { sql } from 'kysely'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { viewMessage } from '../../mail/index.ts'
import { createParser, type Parser } from '../../mime/index.ts'
import { createTestApp, createTestClock, leastCpuMs, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const MEGABYTE = 1_000_000
const clock = createTestClock()
const app = await createApp()
const { ask, as, body, file, views, person } = app
let count = 0

async function createApp(changes: { parser?: Parser } = {}) {
  const database = await testDatabase()
  const { ask, person, rooms } = await createTestApp(database, clock, changes)
  const { id } = await storeEmailAccount(database, clock)
  const account = await rooms.emailAccounts.get(id)
  const as = await person('agent', [id])

  async function file(lines: readonly string[]): Promise<StoredMessageId> {
    const n = ++count
    const source = Buffer.from([`From: kim@customer.example`, `Subject: ${n}`, ...lines].join('\r\n'))
    const parsed = await rooms.parser.parse(source)
    const message = {
      ...{ ...parsed, partial: false as const, messageId: `${n}@customer.example`, remoteId: `imap:1:${n}:INBOX` },
      ...{ folderRemoteId: 'inbox', remoteConversationId: undefined, receivedAt: clock.now(), flags: [], source },
    }
    return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!.messageId
  }
  const views = () => database.db.selectFrom('message_views').selectAll().execute()
  const body = (messageId: StoredMessageId, query = '') => ask(`GET /v1/messages/${messageId}/body${query}`, { as })
  return { ask, as, body, database, file, person, views }
}

const html = (content: string) => ['Content-Type: text/html', '', content]

describe('the body of a message', () => {
  it('shows three inline photos of 3 MB by their addresses', async () => {
    const photo = Buffer.alloc(3 * MEGABYTE, 7).toString('base64').replaceAll(/(.{76})/g, '$1\r\n') // prettier-ignore
    const parts = [1, 2, 3].flatMap((n) => [
      ...[
        '--b',
        'Content-Type: image/jpeg',
        `Content-ID: <photo${n}@x>`,
        'Content-Transfer-Encoding: base64',
        '',
        photo,
      ],
    ])
    const shown = '<p>Look:</p><img src="cid:photo1@x"><img src="cid:photo2@x"><img src="cid:photo3@x">'
    const messageId = await file([
      ...['Content-Type: multipart/related; boundary=b', '', '--b', 'Content-Type: text/html', '', shown],
      ...[...parts, '--b--', ''],
    ])

    const { status, text } = await body(messageId)

    expect(status).toBe(200)
    expect(text.length).toBeLessThan(10_000)
    const urls = [...text.matchAll(/<img src="(\/v1\/attachments\/[\w-]+\/image)"/g)].map(([, url]) => url!)
    expect(urls).toHaveLength(3)
    expect((await ask(`GET ${urls[2]!}`, { as })).headers).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
    })
    const stranger = await person('agent', [])
    expect((await ask(`GET ${urls[2]!}`, { as: stranger })).status).toBe(404)
  })

  it('does not block the event loop while a hostile one is sanitized', async () => {
    const hostile = '<p style="color:red;margin:1px">x &lt; y</p>'.repeat((3 * MEGABYTE) / 44)
    const sanitizingMs = leastCpuMs(() => viewMessage({ type: 'html', content: hostile }))
    /** CPU time of this thread while it serves six requests. Sanitizing once on it would exceed the limit. */
    const servingMs = async () => {
      const messageId = await file(html(hostile))
      const began = process.threadCpuUsage()
      const opened = await Promise.all(Array.from({ length: 6 }, () => body(messageId)))
      const { user, system } = process.threadCpuUsage(began)
      expect(opened.map(({ status }) => status)).toEqual(Array(6).fill(200))
      expect((await views()).map((row) => row.message_id)).toContain(messageId)
      return (user + system) / 1000
    }

    await expect.poll(servingMs).toBeLessThan(sanitizingMs)
  })

  it('is stored when sanitizing takes long, and sanitized again when the message is read again', async () => {
    const messageId = await file(html(`<p>x</p>${'<b>y</b>'.repeat(20_000)}`))
    await body(messageId)
    await sql`UPDATE message_views SET html = '<p>stored</p>' WHERE message_id = ${messageId}`.execute(app.database.db)
    expect((await body(messageId)).text).toContain('<p>stored</p>')

    await ask(`POST /v1/messages/${messageId}/read-again`, { as })

    expect((await body(messageId)).text).toContain('<b>y</b>')
  })

  it('is marked as plain without colors and images, and shown on white otherwise', async () => {
    const bodies: [readonly string[], boolean][] = [
      [['Content-Type: text/plain', '', 'Hello'], true],
      [html('<p>Hello <b>Kim</b></p>'), true],
      [html('<p style="color:red">Hello</p>'), false],
      [html('<table bgcolor="#ffffff"><tr><td>Hello</td></tr></table>'), false],
      [html('<p>Hello</p><img src="https://shop.example/a.png">'), false],
    ]
    for (const [lines, isPlain] of bodies) {
      const { text } = await body(await file(lines))
      expect([lines.at(-1), /^<!doctype html><html data-plain>/.test(text)]).toEqual([lines.at(-1), isPlain])
    }
  })

  it('loads remote images only on request, from the same view', async () => {
    const messageId = await file(html('<p>Hi</p><img src="https://shop.example/a.png?b=1&amp;c=2" alt="A">'))
    const blocked = await body(messageId)
    expect([blocked.text.includes('shop.example'), blocked.headers['x-blocked-count']]).toEqual([false, '1'])
    const shown = await body(messageId, '?images=shown')
    expect(shown.text).toContain('src="https://shop.example/a.png?b=1&amp;c=2"')
    expect(shown.headers['x-blocked-count']).toBe('0')
  })

  it('marks links whose target differs from their text', async () => {
    const link = (href: string, text: string) => `<p><a href="${href}">${text}</a></p>`
    const messageId = await file(
      html(
        link('https://evil.example/?https://bank.com', 'https://www.bank.com/login') +
          link('https://evil.example', '<b>www.bank</b>.com') +
          link('https://evil.example', 'bank.com') +
          link('https://click.bank.com', 'www.bank.com') +
          link('https://github.com/x', 'readme.md') +
          link('https://evil.example', 'our offer') +
          link('mailto:kim@customer.example', 'bank.com'),
      ),
    )
    const [, json] = /data-misleading-links="([^"]*)"/.exec((await body(messageId)).text)!
    const links = JSON.parse(json!.replaceAll('&#34;', '"')) as { text: string; host: string }[]
    expect(links).toEqual(
      ['https://www.bank.com/login', 'www.bank.com', 'bank.com'].map((text) => ({ text, host: 'evil.example' })),
    )
  })
})

describe('a body that exceeds its deadline', () => {
  const parser = createParser({ threads: 1, showTimeoutMs: 1 })
  afterAll(() => parser.close())

  it('is shown as plain text with a notice, each time, and can be quoted', async () => {
    const slow = await createApp({ parser })
    const messageId = await slow.file(html(`<p>Dear <b>Kim</b></p>${'<i>x</i>'.repeat(MEGABYTE / 8)}`))

    const first = await slow.body(messageId)

    expect(first.status).toBe(200)
    expect(first.text).toContain('data-simplified')
    expect(first.text).toContain('<pre>Dear Kim')
    expect(await slow.views()).toMatchObject([{ message_id: messageId, view: null, html: null }])
    expect((await slow.body(messageId)).text).toContain('data-simplified')
    const answer = await slow.ask(`GET /v1/messages/${messageId}/answer?kind=reply`, { as: slow.as })
    expect((answer.body as { quotedText: string }).quotedText).toContain('> Dear Kim')
  })
})

describe('a body whose thread failed for another reason', () => {
  it('is shown as plain text once, and sanitized again when it is next opened', async () => {
    // A thread that cannot start, for example without memory or file handles.
    const broken = createParser({ threads: 1, showThread: new URL('./missing-thread.ts', import.meta.url) })
    const working = createParser({ threads: 1, showTimeoutMs: 60_000 })
    onTestFinished(async () => {
      await Promise.all([broken.close(), working.close()])
    })
    let current = broken
    const ill = await createApp({ parser: { ...working, view: (body) => current.view(body) } })
    const messageId = await ill.file(html('<p>Dear <b>Kim</b></p>'))

    expect((await ill.body(messageId)).text).toContain('data-simplified')
    expect(await ill.views()).toEqual([])
    await broken.close()
    expect((await ill.body(messageId)).text).toContain('data-simplified')
    expect(await ill.views()).toEqual([])

    current = working
    expect((await ill.body(messageId)).text).toContain('<b>Kim</b>')
  })

  it('is sanitized again an hour after it exceeded its deadline, because the machine may have been busy', async () => {
    const slow = createParser({ threads: 1, showTimeoutMs: 1 })
    const working = createParser({ threads: 1, showTimeoutMs: 60_000 })
    onTestFinished(async () => {
      await Promise.all([slow.close(), working.close()])
    })
    let current = slow
    const busy = await createApp({ parser: { ...working, view: (body) => current.view(body) } })
    const messageId = await busy.file(html(`<p>Dear <b>Kim</b></p>${'<i>x</i>'.repeat(MEGABYTE / 80)}`))
    expect((await busy.body(messageId)).text).toContain('data-simplified')
    current = working
    clock.advance(59 * 60_000)
    expect((await busy.body(messageId)).text).toContain('data-simplified')

    clock.advance(2 * 60_000)

    expect((await busy.body(messageId)).text).toContain('<b>Kim</b>')
    expect(await busy.views()).not.toMatchObject([{ view: null }])
  })
})
