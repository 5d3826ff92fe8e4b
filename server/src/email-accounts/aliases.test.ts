import { describe, expect, it } from 'vitest'
import type { IdentityId } from '../kernel/ids.ts'
import { chooseEnvelopeSender } from './aliases.ts'
import { identityToAnswer, type Identity } from './identities.ts'
import { parseAliases } from './alias.ts'

const SUPPORT = 'support@contoso.example'
const SALES = 'sales@contoso.example'
const at = '2026-03-01T09:00:00.000Z'

describe('the envelope sender', () => {
  const account = {
    address: SUPPORT,
    aliases: parseAliases([
      { address: SALES, source: 'admin', trial: { at, envelope: 'mailbox' } },
      { address: 'help@contoso.example', source: 'admin', trial: { at } },
    ]),
  }

  it.each([
    ['the mailbox where the server takes an alias in From alone', 'Sales@contoso.example', SUPPORT],
    ['the alias where it was taken', 'help@contoso.example', 'help@contoso.example'],
    ['the mailbox itself for what it writes', SUPPORT, SUPPORT],
  ])('is %s', (_what, from, sender) => {
    expect(chooseEnvelopeSender(account, from)).toBe(sender)
  })
})

describe('the sender name of an answer', () => {
  const identity = (address: string, more: Partial<Identity> = {}): Identity => ({
    ...{ id: `${address} ${more.name ?? ''}` as IdentityId, name: '', address, replyTo: undefined },
    ...{ signature: { text: '', html: '' }, isDefault: false, isFirst: false, ...more },
  })
  const first = identity(SUPPORT, { isFirst: true })
  const sales = identity(SALES)
  const usual = identity(SALES, { name: 'Shop', isDefault: true })
  const kim = { name: 'Kim', address: 'kim@customer.example' }
  const to = (...addresses: string[]) => addresses.map((address) => ({ name: '', address }))

  it.each([
    ['was written to', { direction: 'in' as const, from: kim, to: to('lee@x.example', SUPPORT), cc: to(SALES) }, first],
    ['was written to in a copy', { direction: 'in' as const, from: kim, to: [], cc: to(SUPPORT) }, first],
    ['is usual, of several with that address', { direction: 'in' as const, from: kim, to: to(SALES), cc: [] }, usual],
    ['is usual, when nobody knows', { direction: 'in' as const, from: kim, to: [], cc: [] }, usual],
    ['wrote it, when it is ours', { direction: 'out' as const, from: to(SUPPORT)[0], to: to(SALES), cc: [] }, first],
  ])('is the one that %s', (_what, message, expected) => {
    expect(identityToAnswer([first, sales, usual], message)).toBe(expected)
  })
})
