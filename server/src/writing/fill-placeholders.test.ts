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

  it('does not fill a value again', () => {
    expect(fill('{{customer.name}}', { 'customer.name': '{{agent.name}}' }).text).toBe('{{agent.name}}')
  })

  it('has no value from the prototype of an object', () => {
    expect(() => fill('{{constructor}}', {})).toThrow()
  })
})
