import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml, html } from './html.ts'

describe('html', () => {
  it('escapes every value, also in quoted attributes', () => {
    const hostile = `"><script>alert('1')</script>`

    expect(String(html`<a title="${hostile}">${hostile}</a>`)).not.toContain('<script>')
  })

  it('leaves html inside html as it is, and joins lists', () => {
    const words = ['a', 'b<'].map((text) => html`<b>${text}</b>`)

    expect(String(html`<i>${words}</i>`)).toBe('<i><b>a</b><b>b&lt;</b></i>')
  })

  it('leaves nothing for what is absent', () => {
    expect(String(html`[${undefined}${null}${false}${''}]`)).toBe('[]')
    expect(String(html`[${0}]`)).toBe('[0]')
  })

  it('lets no text open a tag, an entity or leave a quoted attribute', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text)
        expect(escaped).not.toMatch(/[<>"']/)
        expect(escaped).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/)
      }),
    ))
})
