import { describe, expect, it } from 'vitest'
import { findAccounts, MOST_ACCOUNTS } from './find-accounts.ts'

const accounts = Array.from({ length: 1000 }, (_, n) => ({
  ...{ id: `id-${n}`, name: `Branch ${n}`, key: `B${n}`, address: `branch-${n}@contoso.example` },
}))
const idsOf = ({ shown }: { shown: readonly { id: string }[] }) => shown.map(({ id }) => id)

describe('mailboxes of the sidebar', () => {
  it('are all shown while they are few', () => {
    const few = accounts.slice(0, MOST_ACCOUNTS)
    expect(findAccounts(few, 'nothing', undefined)).toEqual({ shown: few, isMany: false, left: 0 })
  })

  it('are the first ones and the active one of many', () => {
    const found = findAccounts(accounts, ' ', 'id-700')
    expect(idsOf(found)).toEqual([...idsOf({ shown: accounts.slice(0, MOST_ACCOUNTS) }), 'id-700'])
    expect(found.left).toBe(1000 - MOST_ACCOUNTS - 1)
  })

  it('are found by all words of name, key and address', () => {
    expect(idsOf(findAccounts(accounts, 'contoso BRANCH-99', 'id-1'))).toEqual([
      'id-99',
      ...Array.from({ length: 10 }, (_, n) => `id-99${n}`),
    ])
    expect(findAccounts(accounts, 'branch unknown', 'id-1')).toEqual({ shown: [], isMany: true, left: 0 })
  })
})
