import { expect, it } from 'vitest'
import { nextLink } from './next-link.ts'

it('the link repeats the query with the next position', () => {
  expect(nextLink('/v1/messages?limit=2&from=%40a.example&cursor=1', 'cursor', { next: 'a b&c' })).toBe(
    '</v1/messages?limit=2&from=%40a.example&cursor=a+b%26c>; rel="next"',
  )
  expect(nextLink('/v1/alerts', 'before', { next: 'x' })).toBe('</v1/alerts?before=x>; rel="next"')
})

it('the last page has none, nor the present end of a list that grows', () => {
  expect(nextLink('/v1/alerts', 'before', {})).toBeUndefined()
  expect(nextLink('/v1/events?after=1', 'after', { next: 7, more: false })).toBeUndefined()
  expect(nextLink('/v1/events?after=1', 'after', { next: 7, more: true })).toBe('</v1/events?after=7>; rel="next"')
})

it('a question mark in a value is no second query', () => {
  const url = '/v1/conversations?search=refund?&emailAccountId=X&limit=2'
  expect(nextLink(url, 'before', { next: 'p' })).toBe(
    '</v1/conversations?search=refund%3F&emailAccountId=X&limit=2&before=p>; rel="next"',
  )
})
