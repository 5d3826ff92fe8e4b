import { expect, it } from 'vitest'
import { parseSearch } from '../server/src/conversations/search-language/parse-search.ts'
import { OPERATOR_SEARCHES } from './operator-searches.ts'

const CONTEXT = { now: new Date('2026-03-29T22:30:00Z'), timeZone: 'UTC' }

it.each(OPERATOR_SEARCHES)('a search $name has three valid operators, and each has another text', ({ textOf }) => {
  const texts = Array.from({ length: 100 }, (_, n) => textOf(n))
  expect(new Set(texts).size).toBe(100)
  for (const text of texts) {
    const { terms, problems } = parseSearch(text, CONTEXT)
    expect(problems).toEqual([])
    expect(terms).toHaveLength(3)
    for (const term of terms) if (term.kind === 'text') expect(term.field).not.toBe('any')
  }
})
