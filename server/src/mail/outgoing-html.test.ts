import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { composeMime } from './compose-mime.ts'
import { prepareOutgoing } from './outgoing-html.ts'

it('removes active content, and keeps formats, links and images that the author chose', () => {
  const { html } = prepareOutgoing(
    '<p onclick="x()">Hi <strong>Kim</strong><script>x()</script><style>p{}</style></p><form><input></form>' +
      '<a href="javascript:x()">a</a><a href="https://contoso.example/">b</a>' +
      '<img src="cid:a@inline.postkey"><img src="https://contoso.example/logo.png">',
  )

  expect(html).not.toMatch(/script|onclick|<style|form|input/)
  expect(html).toContain('<p>Hi <strong>Kim</strong></p>')
  expect(html).toContain('href="https://contoso.example/"')
  expect(html).toContain('<img src="cid:a@inline.postkey" />')
  expect(html).toContain('<img src="https://contoso.example/logo.png" />')
})

it('derives the text: lists, links, quotations and headings as in plain mail', () => {
  const { text } = prepareOutgoing(
    '<h2>Order</h2><p>See <a href="https://contoso.example/1">the offer</a>:</p><ul><li><p>one</p></li><li><p>two</p></li></ul>' +
      '<ol><li>first</li></ol><blockquote><p>Where is it?</p><p>Kim</p></blockquote>',
  )

  expect(text).toBe(
    'Order\n\nSee the offer <https://contoso.example/1>:\n\n- one\n- two\n\n 1. first\n\n> Where is it?\n> \n> Kim',
  )
})

it('separates signature and quotation, and keeps their marks for a canceled message', () => {
  const parts =
    '<div class="postkey-message" dir="auto"><p>Hello</p></div>\n' +
    '<div class="postkey-signature" dir="auto">Anna<br />Contoso</div>\n' +
    '<div class="postkey-quotation"><div>On Monday, Kim wrote:</div>\n<blockquote type="cite">Where?</blockquote></div>'
  const { html, text } = prepareOutgoing(parts)

  expect(html).toBe(parts)
  expect(text).toBe('Hello\n\n-- \nAnna\nContoso\n\nOn Monday, Kim wrote:\n\n> Where?')
})

it('keeps empty lines, which mail programs would collapse', () => {
  expect(prepareOutgoing('<p>a</p><p></p><p>b</p>').html).toBe('<p>a</p><p><br /></p><p>b</p>')
})

it('prepares deeply nested and endless HTML within limits', () => {
  const { text } = prepareOutgoing('<blockquote>'.repeat(5000) + 'deep' + '<p>x</p>'.repeat(5000))

  expect(text.length).toBeLessThan(3_000_000)
})

describe('a composed message as other parsers read it', () => {
  const { html, text } = prepareOutgoing(
    '<p>Grüße <strong>Kim</strong> <img src="cid:a@inline.postkey" alt="leak"></p><blockquote><p>Where?</p></blockquote>',
  )
  const message = {
    ...{ messageId: '7b1e@contoso.example', sentAt: new Date('2026-11-24T10:00:00Z'), subject: 'Re: Grüße' },
    ...{ from: { name: '', address: 'support@contoso.example' }, cc: [], bcc: [], inReplyTo: [], references: [] },
    ...{ to: [{ name: '', address: 'kim@customer.example' }], text, html },
    attachments: [
      {
        ...{ name: 'leak.png', contentType: 'image/png', contentId: 'a@inline.postkey', isInline: true },
        content: Buffer.from('89504e470d0a1a0a', 'hex'),
      },
    ],
  }

  it.each([
    [
      'postal-mime',
      async (mime: Buffer) => {
        const read = await PostalMime.parse(mime)
        const [image] = read.attachments
        return { text: read.text, html: read.html, contentId: image?.contentId, related: image?.related }
      },
    ],
    [
      'mailparser',
      async (mime: Buffer) => {
        const read = await simpleParser(mime, { skipImageLinks: true })
        const [image] = read.attachments
        return { text: read.text, html: read.html, contentId: image?.contentId, related: image?.related }
      },
    ],
  ])('has text, HTML and the image within the HTML: %s', async (_name, read) => {
    const parsed = await read(await composeMime(message))

    expect(parsed).toMatchObject({ contentId: '<a@inline.postkey>', related: true })
    expect(parsed.text?.trim()).toBe('Grüße Kim\n\n> Where?')
    expect(String(parsed.html)).toContain('<strong>Kim</strong> <img alt="leak" src="cid:a@inline.postkey" />')
  })
})
