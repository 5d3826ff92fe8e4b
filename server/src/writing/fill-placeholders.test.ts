import { describe, expect, it } from 'vitest'
import { fillPlaceholders } from './fill-placeholders.ts'

const prepared = (template: string) => ({ text: template, html: `<p>${template}</p>` })
const fill = (template: string, values: Record<string, string>) =>
  fillPlaceholders(prepared(template), new Map(Object.entries(values)))

describe('a prepared text', () => {
  it('gets values, escaped in HTML only', () => {
    expect(
      fill('Order {{ order.number }} of {{customer.name}}', { 'order.number': '4711', 'customer.name': '<b>' }),
    ).toEqual({
      text: 'Order 4711 of <b>',
      html: '<p>Order 4711 of &lt;b&gt;</p>',
    })
  })

  it('gets the text after the bar for an empty value, which may be empty', () => {
    expect(fill('Hi {{customer.first_name|there}}{{order.note|}}!', { 'order.note': ' ' }).text).toBe('Hi there!')
  })

  it('is refused without a value, naming the placeholder', () => {
    expect(() => fill('Hi {{customer.name}}', {})).toThrow(
      expect.objectContaining({ code: 'writing.value_missing', detail: 'customer.name' }),
    )
  })

  it.each([
    ['upper case', '{{Order.Number}}'],
    ['a hyphen', '{{order-number}}'],
    ['formatting inside, which the text lacks', '{{order.<b>number</b>}}'],
    ['an open end', 'Hi {{order.number'],
    ['a sign in its own text that the HTML escapes', '{{order.number|&gt; 3}}'],
  ])('is refused with %s in a placeholder', (_case, html) => {
    const text = html.replace(/<[^>]*>/g, '').replace('&gt;', '>')
    expect(() => fillPlaceholders({ text, html }, new Map([['order.number', '4711']]))).toThrow(
      expect.objectContaining({ code: 'writing.placeholder_unreadable' }),
    )
  })

  it('keeps line breaks of a value, in attributes too', () => {
    const html = '<p title="{{note}}">{{note}}</p>'
    expect(fillPlaceholders({ text: '{{note}}', html }, new Map([['note', 'One\nTwo']]))).toEqual({
      text: 'One\nTwo',
      html: '<p title="One\nTwo">One<br>Two</p>',
    })
  })

  it('is refused when values make it too long, before it is put together', () => {
    const values = { a: '"'.repeat(5_000) }
    expect(() => fill('{{a}}'.repeat(4_000), values)).toThrow(expect.objectContaining({ code: 'submission.too_large' }))
  })

  it('does not fill a value again', () => {
    expect(fill('{{customer.name}}', { 'customer.name': '{{agent.name}}' }).text).toBe('{{agent.name}}')
  })

  it('has no value from the prototype of an object', () => {
    expect(() => fill('{{constructor}}', {})).toThrow()
  })
})
