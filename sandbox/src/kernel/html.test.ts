import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml, html } from './html.ts'

describe('the html template', () => {
  it('escapes every value, including in quoted attributes', () => {
    const hostile = `"><script>alert('1')</script>`

    expect(String(html`<a title="${hostile}">${hostile}</a>`)).not.toContain('<script>')
  })

  it('keeps html inside html unchanged, and joins lists', () => {
    const words = ['a', 'b<'].map((text) => html`<b>${text}</b>`)

    expect(String(html`<i>${words}</i>`)).toBe('<i><b>a</b><b>b&lt;</b></i>')
  })

  it('renders missing values as empty text', () => {
    expect(String(html`[${undefined}${null}${false}${''}]`)).toBe('[]')
    expect(String(html`[${0}]`)).toBe('[0]')
  })

  it('keeps any text from opening a tag or an entity, or leaving a quoted attribute', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text)
        expect(escaped).not.toMatch(/[<>"']/)
        expect(escaped).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/)
      }),
    ))
})
