import { describe, expect, it } from 'vitest'
import type { EmailAccount } from '../../api/client.ts'
import { orderAccounts } from './account-order.ts'

describe('the order of mailboxes', () => {
  it('puts mailboxes that need attention first and paused ones last', () => {
    const accounts = [
      named('A', 'paused'),
      named('B', 'connected'),
      named('C', 'needs-sign-in'),
      named('D', 'importing'),
    ]
    expect(orderAccounts(accounts).map(({ name }) => name)).toEqual(['C', 'D', 'B', 'A'])
  })

  it('compares numbers in names naturally', () => {
    const accounts = ['Store 10', 'store 2', 'Store 1'].map((name) => named(name, 'connected'))
    expect(orderAccounts(accounts).map(({ name }) => name)).toEqual(['Store 1', 'store 2', 'Store 10'])
  })

  it('puts a connected mailbox that can’t send before those that work', () => {
    const accounts = [named('A', 'connected'), named('B', 'connected'), named('C', 'needs-admin'), named('D', 'paused')]
    expect(orderAccounts(accounts, new Set(['B', 'D'])).map(({ name }) => name)).toEqual(['C', 'B', 'A', 'D'])
  })
})

function named(name: string, state: EmailAccount['state']): Pick<EmailAccount, 'id' | 'name' | 'state'> {
  return { id: name, name, state }
}
