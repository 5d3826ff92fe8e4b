import { expect, it } from 'vitest'
import { fillPlaceholders, firstName, placeholderValues } from './placeholders.ts'

const prepared = (template: string) => ({ text: template, html: `<p>${template}</p>` })

it('fills values, and escapes them in HTML only', () => {
  const filled = fillPlaceholders(prepared('Hi {{customer.first_name}}, {{ agent.name }}'), {
    'customer.first_name': '<b>Kim</b>',
    'agent.name': 'Anna & Co',
  })

  expect(filled.text).toBe('Hi <b>Kim</b>, Anna & Co')
  expect(filled.html).toBe('<p>Hi &lt;b&gt;Kim&lt;/b&gt;, Anna &amp; Co</p>')
})

it('uses the fallback without a value, or nothing', () => {
  expect(fillPlaceholders(prepared('Hi {{customer.first_name|there}}!'), {}).text).toBe('Hi there!')
  expect(fillPlaceholders(prepared('Hi{{customer.name}}!'), { 'customer.name': ' ' }).text).toBe('Hi!')
})

it('keeps an unknown placeholder, and does not fill a value again', () => {
  expect(fillPlaceholders(prepared('{{customer.age}}'), {}).text).toBe('{{customer.age}}')
  const values = { 'customer.name': '{{agent.name}}', 'agent.name': 'Anna' }
  expect(fillPlaceholders(prepared('{{customer.name}}'), values).text).toBe('{{agent.name}}')
})

it('names the recipient, the sender name and the subject of the conversation', () => {
  const values = placeholderValues({
    ...{ identity: { name: 'Support', address: 'help@contoso.example' }, recipient: { name: 'Lee, Kim' } },
    ...{ agent: { name: 'Anna Bell' }, subject: 'AW: Re: Kettle' },
  })

  expect(values).toEqual({
    ...{ 'customer.name': 'Lee, Kim', 'customer.first_name': 'Kim' },
    ...{ 'agent.name': 'Anna Bell', 'agent.first_name': 'Anna' },
    ...{ 'mailbox.name': 'Support', 'mailbox.address': 'help@contoso.example' },
    'conversation.subject': 'Kettle',
  })
})

it.each([
  ['Kim Lee', 'Kim'],
  ['Lee, Kim', 'Kim'],
  ['Kim', 'Kim'],
  ['', ''],
  ['kim@customer.example', ''],
  ['The Customer Care Team of Contoso', ''],
])('finds the first name of “%s”', (name, expected) => {
  expect(firstName(name)).toBe(expected)
})
