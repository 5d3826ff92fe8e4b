import { describe, expect, it } from 'vitest'
import type { EmailAccount, Incident } from '../../api/client.ts'
import { bannerLines } from './banner-lines.ts'

let made = 0
function incident(more: Partial<Incident> = {}, accountIds: readonly string[] = []): Incident {
  const affected = accountIds.map((id) => ({ id, name: id, address: id, since: '2026-03-02T10:00:00Z' }))
  return { id: `i${++made}`, remedy: 'admin', since: '2026-03-02T10:00:00Z', affected, ...more } as Incident
}
const account = (id: string, state: EmailAccount['state'] = 'needs-sign-in') => ({ id, state }) as EmailAccount

describe('the banner', () => {
  it('shows an incident once, however many mailboxes it stops, and none of these separately', () => {
    const expired = incident({}, ['a', 'b'])
    const { incidents, accounts } = bannerLines([expired], [account('a'), account('b'), account('c')])
    expect(incidents).toEqual([expired])
    expect(accounts.map(({ id }) => id)).toEqual(['c'])
  })

  it('shows a mailbox again that left its incident and stopped again', () => {
    const open = incident({}, ['a'])
    const left = { ...open, affected: [{ ...open.affected[0]!, until: '2026-03-02T11:00:00Z' }] }
    expect(bannerLines([left], [account('a')]).accounts).toHaveLength(1)
  })

  it('does not show temporary problems before they are an incident', () => {
    expect(bannerLines([], [account('a', 'degraded')]).accounts).toEqual([])
  })

  it('orders problems that need a person first, then temporary ones, then acknowledged ones', () => {
    const forAdmins = { acknowledgedAt: '2026-03-02T11:00:00Z' } as Incident['forAdmins']
    const taken = incident({ forAdmins })
    const passing = incident({ remedy: 'wait' })
    const waiting = incident({ remedy: 'sign-in' })
    expect(bannerLines([taken, passing, waiting], []).incidents).toEqual([waiting, passing, taken])
  })

  it('counts the rest after three lines', () => {
    const many = Array.from({ length: 5 }, () => incident())
    const lines = bannerLines(
      many,
      ['a', 'b', 'c', 'd'].map((id) => account(id)),
    )
    expect([lines.incidents.length, lines.moreIncidents, lines.accounts.length, lines.moreAccounts]).toEqual([
      3, 2, 3, 1,
    ])
  })
})
