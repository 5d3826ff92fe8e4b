import { expect, it } from 'vitest'
import { escapeHtml } from './html-text.ts'
import { linkText } from './link-text.ts'
import { viewMessage } from './message-view.ts'

const link = (address: string) =>
  `<a href="${address}" target="_blank" rel="noopener noreferrer nofollow">${address}</a>`

it.each([
  ['See https://a.example/b?c=1&d=2.', `See ${link('https://a.example/b?c=1&#38;d=2')}.`],
  ['(http://a.example/x)', `(${link('http://a.example/x')})`],
  ['https://a.example/x_(y)', link('https://a.example/x_(y)')],
  ['<https://a.example>', `&#60;${link('https://a.example')}&#62;`],
  ['"https://a.example"', `&#34;${link('https://a.example')}&#34;`],
  ['mailto:kim@a.example, or call', `${link('mailto:kim@a.example')}, or call`],
  ['HTTPS://A.example', link('HTTPS://A.example')],
])('links the address in %s', (text, expected) => {
  expect(linkText(escapeHtml(text))).toBe(expected)
})

it.each([
  'javascript:alert(1)',
  'xhttps://a.example',
  'https://',
  'ftp://a.example',
  'data:text/html,x',
  'kim@a.example',
])('leaves %s as text', (text) => {
  expect(linkText(escapeHtml(text))).toBe(escapeHtml(text))
})

it('lets no text end the attribute', () => {
  const html = linkText(escapeHtml('https://a.example/"onclick="alert(1)<b>'))
  expect(html).toBe(`${link('https://a.example/')}&#34;onclick=&#34;alert(1)&#60;b&#62;`)
})

it('shows the links of a plain text message, quoted ones too', () => {
  const { html } = viewMessage({ type: 'text', content: 'https://a.example\n\n> https://b.example\n' })
  expect(html).toContain(link('https://a.example'))
  expect(html).toContain(link('https://b.example'))
})

it('links addresses in HTML without links of its own, as Exchange makes it from plain text', () => {
  const content = '<div class="PlainText">See https://a.example/?c=1&amp;d=2.<br>mailto:kim@a.example</div>'
  const { html, misleadingLinks } = viewMessage({ type: 'html', content })
  expect(html).toContain(`See ${link('https://a.example/?c=1&amp;d=2')}.`)
  expect(html).toContain(link('mailto:kim@a.example'))
  expect(misleadingLinks).toEqual([])
})

it.each([
  '<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">https://b.example <b>https://c.example</b></a>',
  '<p title="https://a.example">Text</p>',
  '<p title="&gt; https://a.example">Text</p>',
])('leaves links and attributes of HTML alone: %s', (content) => {
  expect(viewMessage({ type: 'html', content }).html).toContain(content)
})

it('lets no text of HTML become an element or end an attribute', () => {
  const content =
    '<p>https://a.example/&quot;onclick=&quot;alert(1)&lt;img src=x&gt;</p><p title="&quot;>https://b.example">x</p>'
  const { html } = viewMessage({ type: 'html', content })
  expect(html).not.toMatch(/<img|<a [^>]*onclick/)
  expect(html.match(/<a /g)).toHaveLength(1)
})

it('leaves the folding of a quotation as it is, with addresses in its lines', () => {
  const quoted = ['Hello', 'https://shop.example/1', 'https://shop.example/2']
    .map((line) => `<br>&gt; ${line}`)
    .join('')
  const { html } = viewMessage({ type: 'html', content: `<div>Yes.<br>Kim wrote:${quoted}</div>` })

  const [own, folded] = html.split('<details')
  expect(own).toContain('Yes.')
  expect(own).not.toContain('Kim wrote')
  expect(folded).toContain('href="https://shop.example/2"')
})

it('links a bounded number of addresses, of HTML too', () => {
  const content = '<p>https://a.example</p>'.repeat(3000)
  expect(viewMessage({ type: 'html', content }).html.split('<a ')).toHaveLength(2001)
  const html = linkText('https://a.example '.repeat(5000))
  expect(html.split('<a ')).toHaveLength(2001)
})

it('leaves longer addresses as text, with the addresses inside them', () => {
  const text = `https://a.example/${'x'.repeat(2000)}?u=https://b.example/ https://c.example/${')'.repeat(2000)}`
  expect(linkText(`${text} https://d.example`)).toBe(`${text} ${link('https://d.example')}`)
})

it.each(['a', '&#38;', ')', 'https://'])('leaves an address of megabytes of %s as text', (piece) => {
  const text = `https://${piece.repeat(10_000_000 / piece.length)}`
  expect(linkText(text) === text).toBe(true)
})
