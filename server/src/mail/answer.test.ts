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

describe('an answer quotes', () => {
  it('who wrote when, line by line', () => {
    expect(quoteForReply(MESSAGE)).toEqual({
      text: 'On 2026-11-02 09:00 UTC, Kim wrote:\n> Where is it?\n>> earlier',
      html: '<div>On 2026-11-02 09:00 UTC, Kim wrote:</div>\n<blockquote type="cite">Where is it?<br>\n&#62; earlier</blockquote>',
      shownContentIds: [],
    })
  })

  it('nothing that acts and nothing that is fetched from outside', () => {
    const content = '<p onclick="x()">Hi<script>x()</script><img src="https://tracker.example/x.png"></p>'

    for (const quote of [quoteForReply, quoteForForward]) {
      const { html } = quote({ ...MESSAGE, body: { type: 'html', content } })
      expect(html).toContain('<p>Hi<img /></p>')
    }
  })

  it('images of the message where it is passed on with them, and none where it is answered without', () => {
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

  it('of a message without end only so much as can be sent with the answer', () => {
    const body = { type: 'html' as const, content: `<p>${'<b>loud</b> '.repeat(20_000)}</p>` }

    const { html, text } = quoteForForward({ ...MESSAGE, body })

    expect(text.length).toBeLessThan(210_000)
    expect(html.length).toBeLessThan(250_000)
    expect(html).not.toContain('<b>')
  })

  it('the beginning of what is too long to be looked through, as text', () => {
    const body = { type: 'html' as const, content: `<b>begin</b>${' '.repeat(600_000)}<b>end</b>` }

    const { html, text } = quoteForForward({ ...MESSAGE, body })

    expect(text).toMatch(/begin$/)
    expect(html).toMatch(/begin$/)
  })

  it('names as text, not as markup', () => {
    expect(quoteForReply({ ...MESSAGE, from: { name: '<b>Kim</b>', address: 'a@b' } }).html).not.toContain('<b>')
  })
})

it('a forward tells the header in words', () => {
  expect(quoteForForward(MESSAGE).text).toBe(
    '---------- Forwarded message ----------\nFrom: Kim <kim@customer.example>\nDate: 2026-11-02 09:00 UTC\n' +
      'Subject: Order\nTo: Support <support@contoso.example>\nCc: Lee <lee@customer.example>\n\nWhere is it?\n> earlier',
  )
})

describe('an answer goes', () => {
  const own = ['Support@contoso.example']

  it('to the author, or to where the author wants it', () => {
    expect(recipientsOfReply(MESSAGE, { all: false, own })).toEqual({ to: [KIM], cc: [] })
    expect(recipientsOfReply({ ...MESSAGE, replyTo: [LEE] }, { all: false, own })).toEqual({ to: [LEE], cc: [] })
  })

  it('to all others but not to ourselves, and to nobody twice', () => {
    expect(recipientsOfReply(MESSAGE, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
    expect(recipientsOfReply({ ...MESSAGE, cc: [LEE, KIM, LEE] }, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
  })

  it('to those whom we wrote to, when the message is ours', () => {
    const ours = { ...MESSAGE, from: SUPPORT, to: [KIM], cc: [LEE] }

    expect(recipientsOfReply(ours, { all: false, own })).toEqual({ to: [KIM], cc: [] })
    expect(recipientsOfReply(ours, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
    expect(recipientsOfReply({ ...ours, to: [SUPPORT, KIM] }, { all: true, own })).toEqual({ to: [KIM], cc: [LEE] })
    expect(recipientsOfReply({ ...ours, to: [SUPPORT] }, { all: false, own })).toEqual({ to: [SUPPORT], cc: [] })
  })
})
