import { expect, it } from 'vitest'
import { tabSearch } from './tab-search.ts'

it('the tab in the address is one of the page, else the first', () => {
  const search = tabSearch(['overview', 'sending'])

  expect(search({ tab: 'sending' })).toEqual({ tab: 'sending' })
  expect([search({ tab: 'other' }), search({ tab: ['sending'] }), search({})]).toEqual([{}, {}, {}])
})
