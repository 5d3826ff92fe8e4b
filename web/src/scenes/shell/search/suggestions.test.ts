import { expect, it } from 'vitest'
import { suggest } from './suggestions.ts'

const KNOWN = {
  accounts: [{ key: 'SUP', address: 'support@contoso.example' }],
  people: [{ name: 'Anna Berg' }],
  tags: [{ name: 'Refund' }, { name: 'Not paid' }],
}
const texts = (query: string) => suggest(query, query.length, KNOWN).suggestions.map(({ text }) => text)

it('proposes operators, and values of an operator, for the part before the cursor', () => {
  expect(texts('')).toContain('from:')
  expect(texts('lamp f')).toEqual(['from:', 'filename:'])
  expect(texts('-has')).toEqual(['-has:'])
  expect(texts('is:un')).toEqual(['is:unread ', 'is:unassigned '])
  expect(texts('-mailbox:supp')).toEqual(['-mailbox:SUP '])
  expect(texts('assignee:a')).toEqual(['assignee:"Anna Berg" '])
  expect(texts('assignee:"Anna')).toEqual(['assignee:"Anna Berg" '])
  expect(texts('-tag:')).toEqual(['-tag:none ', '-tag:Refund ', '-tag:"Not paid" '])
  expect(texts('tag:no')).toEqual(['tag:none ', 'tag:"Not paid" '])
  expect(texts('from:anna')).toEqual([])
  expect(suggest('is:op lamp', 5, KNOWN)).toMatchObject({ from: 0, to: 5 })
})
