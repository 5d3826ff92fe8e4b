import { describe, expect, it } from 'vitest'
import { quoteForForward, quoteForReply, recipientsOfReply } from './answer.ts'

const KIM = { name: 'Kim', address: 'kim@customer.example' }
const LEE = { name: 'Lee', address: 'lee@customer.example' }
const SUPPORT = { name: 'Support', address: 'support@contoso.example' }
const MESSAGE = {
  from: KIM,
  replyTo: [],
  to: [SUPPORT],
  cc: [LEE],
  sentAt: new Date('2026-11-02T09:00:00Z'),
  receivedAt: new Date('2026-11-02T09:00:05Z'),
  subject: 'Order',
  body: { type: 'text' as const, content: 'Where is it?\n> earlier' },
}

const DATE = 'Mon, Nov 2, 2026, 9:00 AM UTC'

describe('the quotation of a reply', () => {
  it('states author and date and prefixes each line', () => {
    expect(quoteForReply(MESSAGE)).toEqual({
      text: `On ${DATE}, Kim wrote:\n> Where is it?\n>> earlier`,
      html: `<div>On ${DATE}, Kim wrote:</div>\n<blockquote type="cite">Where is it?<br>\n&#62; earlier</blockquote>`,
      shownContentIds: [],
    })
  })

  it("uses the author's language and the time zone of the mailbox", () => {
    const style = { language: 'de-AT', timeZone: 'Europe/Vienna' }
    const [line] = quoteForReply(MESSAGE, style).text.split('\n')

    expect(line).toMatch(/^Am Mo.*2\. Nov.*2026.*10:00 MEZ schrieb Kim:$/)
    expect(quoteForForward(MESSAGE, style).text).toMatch(/^-+ Weitergeleitete Nachricht -+\nVon: Kim/)
    expect(quoteForReply(MESSAGE, { language: 'tlh', timeZone: 'America/New_York' }).text).toMatch(
      /^On Mon, Nov 2, 2026, 4:00\sAM EST, Kim wrote:/,
    )
  })

  it('contains no active content and no remote content', () => {
    const content = '<p onclick="x()">Hi<script>x()</script><img src="https://tracker.example/x.png"></p>'

    for (const quote of [quoteForReply, quoteForForward]) {
      const { html } = quote({ ...MESSAGE, body: { type: 'html', content } })
      expect(html).toContain('<p>Hi<img /></p>')
    }
  })

  it('keeps inline images in a forward that attaches them, and none in a reply', () => {
    const message = { ...MESSAGE, body: { type: 'html' as const, content: 'Hi<img src="cid:logo@a">' } }

    expect(quoteForForward(message)).toMatchObject({
      html: expect.stringContaining('Hi<img src="cid:logo@a" />') as string,
      shownContentIds: ['logo@a'],
    })
    expect(quoteForReply(message)).toMatchObject({
      html: expect.stringContaining('Hi<img />') as string,
      shownContentIds: [],
    })
  })

  it('quotes only as much of an endless message as can be sent with the reply', () => {
    const body = { type: 'html' as const, content: `<p>${'<b>loud</b> '.repeat(20_000)}</p>` }

    const { html, text } = quoteForForward({ ...MESSAGE, body })

    expect(text.length).toBeLessThan(210_000)
    expect(html.length).toBeLessThan(250_000)
    expect(html).not.toContain('<b>')
  })

  it('quotes the beginning of overlong HTML as text', () => {
    const body = { type: 'html' as const, content: `<b>begin</b>${' '.repeat(600_000)}<b>end</b>` }

    const { html, text } = quoteForForward({ ...MESSAGE, body })

    expect(text).toMatch(/begin$/)
    expect(html).toMatch(/begin$/)
  })

  it('escapes names as text', () => {
    expect(quoteForReply({ ...MESSAGE, from: { name: '<b>Kim</b>', address: 'a@b' } }).html).not.toContain('<b>')
  })
})

it('lists the header fields in a forward', () => {
  expect(quoteForForward(MESSAGE).text).toBe(
    '---------- Forwarded message ----------\nFrom: Kim <kim@customer.example>\nDate: ' +
      `${DATE}\n` +
      'Subject: Order\nTo: Support <support@contoso.example>\nCc: Lee <lee@customer.example>\n\nWhere is it?\n> earlier',
  )
})

describe('the recipients of a reply', () => {
  const own = ['Support@contoso.example']

  it('are the author, or the Reply-To address', () => {
    expect(recipientsOfReply(MESSAGE, { all: false, own })).toEqual({ to: [KIM], cc: [] })
    expect(recipientsOfReply({ ...MESSAGE, replyTo: [LEE] }, { all: false, own })).toEqual({ to: [LEE], cc: [] })
  })

  it('include all others once, and exclude our own addresses', () => {
    expect(recipientsOfReply(MESSAGE, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
    expect(recipientsOfReply({ ...MESSAGE, cc: [LEE, KIM, LEE] }, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
  })

  it('are the original recipients when the message is ours', () => {
    const ours = { ...MESSAGE, from: SUPPORT, to: [KIM], cc: [LEE] }

    expect(recipientsOfReply(ours, { all: false, own })).toEqual({ to: [KIM], cc: [] })
    expect(recipientsOfReply(ours, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
    expect(recipientsOfReply({ ...ours, to: [SUPPORT, KIM] }, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
    expect(recipientsOfReply({ ...ours, to: [SUPPORT] }, { all: false, own })).toEqual({ to: [SUPPORT], cc: [] })
  })
})
