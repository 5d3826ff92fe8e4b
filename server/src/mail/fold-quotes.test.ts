import { describe, expect, it } from 'vitest'
import { foldQuotedLines, foldQuotes, textWithoutQuotes } from './fold-quotes.ts'
import { measureGrowth, LINEAR } from '../../test/kit/index.ts'

const SUMMARY = '<details><summary title="Show what is quoted">…</summary>'

describe('a quotation in a message', () => {
  it('is folded at the end of the message', () => {
    const html = '<div>Yes.</div><div>Kim wrote:<blockquote><p>Is it?</p></blockquote><br></div>'

    expect(foldQuotes(html)).toBe(
      `<div>Yes.</div><div>Kim wrote:${SUMMARY}<blockquote><p>Is it?</p></blockquote></details><br></div>`,
    )
  })

  it('is folded with its introduction line', () => {
    const quoted = '<div>On Monday Kim wrote:</div>\n<blockquote>Is it?</blockquote>'

    expect(foldQuotes(`<div>Yes.</div>${quoted}`)).toBe(`<div>Yes.</div>${SUMMARY}${quoted}</details>`)
    expect(foldQuotes('<div>Yes.</div>Or not:<blockquote>Is it?</blockquote>')).toContain(`Or not:${SUMMARY}`)
  })

  it('stays open when the author replies below it, line by line', () => {
    const html = '<p>Hello</p><blockquote>One?</blockquote><p>Yes.</p><blockquote>Two?</blockquote><p>No.</p>'

    expect(foldQuotes(html)).toBe(html)
  })

  it('is folded once, together with nested quotations', () => {
    const html = '<p>Yes.</p><blockquote>A<blockquote>B</blockquote></blockquote>'

    expect(foldQuotes(html)).toBe(`<p>Yes.</p>${SUMMARY}<blockquote>A<blockquote>B</blockquote></blockquote></details>`)
  })

  it('stays open when the message contains nothing else', () => {
    expect(foldQuotes('<div><br></div><blockquote>All of it</blockquote>')).toContain('</div><blockquote>')
    expect(foldQuotedLines('> All of it')).toBe('&#62; All of it')
  })

  it('is recognized by the header that Outlook writes above it, in several languages', () => {
    const quoted =
      '<div style="border-top:solid 1pt"><p><b>Von:</b> Kim<br><b>Gesendet:</b> Montag</p></div><p>Is it?</p>'
    const html = `<div><p>Ja.</p>${quoted}</div>`

    expect(foldQuotes(html)).toBe(`<div><p>Ja.</p>${SUMMARY}${quoted}</details></div>`)
    expect(foldQuotes('<p>From: now on we pay. Sent: nothing</p>')).not.toContain('details')
  })

  it('is folded in HTML that Exchange generated from plain text', () => {
    const quoted = 'Kim wrote:<br>\n&gt; Is it?<br>\n&gt; Really?<br>\n'

    expect(foldQuotes(`<div>Yes.<br>\n<br>\n${quoted}</div>`)).toMatch(
      /^<div>Yes\.<br>\s*<br>\s*<details>.*?<\/summary>\s*Kim wrote:.*Really\?(<br>)?<\/details>/s,
    )
    expect(foldQuotes('<div>1 &lt; 2<br>\n2 &gt; 1</div>')).not.toContain('details')
    expect(foldQuotes('<div>&gt; Is it?<br>\nYes.</div>')).not.toContain('details')
  })

  it('stays open in megabytes of text without a line break', () => {
    const photo = `<p>See:</p><img src="data:image/png;base64,${'A'.repeat(4_000_000)}" />`
    expect(foldQuotes(photo.repeat(3))).toBe(photo.repeat(3))
    const text = '&lt;'.repeat(1_000_000)
    expect(foldQuotes(text)).toBe(text)
  })

  it.each([
    '<div>',
    '&gt; x<br>',
    'a<br><b>b</b>',
    '<p>From:</p>',
    '<blockquote>x</blockquote>',
    '</i>',
    '<div><p>',
    ' ',
    '&nbsp;',
    '&lt;',
    '<',
    '<a',
  ])('is folded in time proportional to the length: %s', (piece) => {
    const html = (length: number) => `<p>x</p>${piece.repeat(length / piece.length)}<blockquote>y</blockquote>`
    expect(measureGrowth((length) => foldQuotes(html(length)))).toBeLessThan(LINEAR)
    expect(measureGrowth((length) => foldQuotedLines(`x\n${piece.repeat(length / piece.length)}\n> y`))).toBeLessThan(
      LINEAR,
    )
  })

  it('is folded in plain text with its introduction line and the signature', () => {
    expect(foldQuotedLines('Yes.\n\nKim wrote:\n> Is it?\n> Really?\n')).toBe(
      `Yes.\n\n${SUMMARY}Kim wrote:\n&#62; Is it?\n&#62; Really?\n</details>`,
    )
    expect(foldQuotedLines('Yes.\n-- \nKim & Co')).toBe(`Yes.\n${SUMMARY}-- \nKim &#38; Co</details>`)
    expect(foldQuotedLines('> Is it?\nYes.')).toBe('&#62; Is it?\nYes.')
  })
})

describe('text without quotations', () => {
  const html = (content: string) => textWithoutQuotes({ type: 'html', content }).split(/\s+/).join(' ')
  const cited = '<blockquote type="cite"><p>earlier</p></blockquote>'

  it.each([
    ['quoted lines', textWithoutQuotes({ type: 'text', content: 'Yes.\r\n\r\nKim wrote:\r\n> earlier\r\n> too' })],
    ['a quotation of Apple Mail', html(`<html><body>Yes.<br>Kim wrote:<br>${cited}</body></html>`)],
    [
      'a quotation of Gmail',
      html(
        '<div dir="ltr">Yes.</div><br><div class="gmail_quote"><div>Kim wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>earlier</div><blockquote class="gmail_quote">first</blockquote></blockquote></div>',
      ),
    ],
  ])('leaves out %s', (_name, text) => {
    expect(text.replaceAll(/\s+/g, ' ')).toBe('Yes. Kim wrote:')
  })

  it.each([
    ['a reply below the quotation', `<p>Hi</p>${cited}<p>Yes.</p>`, 'Hi earlier Yes.'],
    ['replies between quotations', `${cited}<p>Yes.</p>${cited}<p>No.</p>`, 'earlier Yes. earlier No.'],
    ['a message without other text', cited, 'earlier'],
    ['indented text', '<p>Note:</p><blockquote style="margin-left:40px">new</blockquote>', 'Note: new'],
    ['a quotation that is not closed', '<p>Yes.</p><blockquote type="cite">earlier <b>new', 'Yes. earlier new'],
    [
      'text in a header of Outlook',
      '<p>Yes.</p><div>From: Kim<br>Sent: Monday</div><p>new</p>',
      'Yes. From: Kim Sent: Monday new',
    ],
    [
      'a message forwarded by Apple Mail',
      '<p>Yes.</p><blockquote type="cite"><div><b>From: </b>Kim<br><b>Date: </b>Monday<br></div><p>new</p></blockquote>',
      'Yes. From: Kim Date: Monday new',
    ],
  ])('keeps %s', (_name, content, text) => {
    expect(html(content)).toBe(text)
  })

  it('keeps a message forwarded with quoted lines', () => {
    const content =
      'Yes.\n\nBegin forwarded message:\n\n> From: Kim <kim@x.example>\n> Subject: New\n> Date: Monday\n>\n> new'
    expect(textWithoutQuotes({ type: 'text', content })).toBe(content)
  })

  it('keeps lines between quoted ones', () => {
    const content = '> one?\nYes.\n> two?\nNo.\n> three?'
    expect(textWithoutQuotes({ type: 'text', content })).toBe('> one?\nYes.\n> two?\nNo.')
  })
})
