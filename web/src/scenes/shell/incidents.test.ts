import { describe, expect, it } from 'vitest'
import type { EmailAccount } from '../../api/client.ts'
import { incidentsOf } from './incidents.ts'

const SECRET = {
  code: 'cloud_providers.secret_expired',
  title: 'Microsoft rejected the secret',
  remedy: 'admin',
  fix: '',
}
const SIGN_IN = { code: 'tokens.sign_in_needed', title: 'Sign in again', remedy: 'sign-in', fix: '' }

let made = 0
function stopped(reason: object, cloudProviderId = 'contoso', stateSince = '2026-11-03T10:00:00Z'): EmailAccount {
  return { id: `a${++made}`, reason, cloudProviderId, stateSince } as EmailAccount
}

describe('what has stopped', () => {
  it('is one incident per Cloud Provider when its secret expired, since the first mailbox stopped', () => {
    const { shown, more } = incidentsOf([
      stopped(SECRET),
      stopped(SECRET, 'contoso', '2026-11-03T09:00:00Z'),
      stopped(SECRET, 'fabrikam'),
    ])

    expect(shown.map(({ cloudProviderId, accounts, since }) => [cloudProviderId, accounts.length, since])).toEqual([
      ['contoso', 2, '2026-11-03T09:00:00Z'],
      ['fabrikam', 1, '2026-11-03T10:00:00Z'],
    ])
    expect(more).toEqual([])
  })

  it('is told mailbox by mailbox otherwise, three of the same reason and then their number', () => {
    const { shown, more } = incidentsOf(Array.from({ length: 5 }, () => stopped(SIGN_IN)))

    expect(shown.map(({ accounts, cloudProviderId }) => [accounts.length, cloudProviderId])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, undefined],
    ])
    expect(more).toMatchObject([{ reason: SIGN_IN, count: 2 }])
  })
})
