import { describe, expect, it } from 'vitest'
import { newId, type CloudProviderId, type ProviderCredentialId } from '../../kernel/ids.ts'
import type { Standing } from './provider-credential.ts'
import { expiryAlert, findExpiry } from './expiry.ts'

const now = new Date('2026-06-01T12:00:00Z')
const DAY_MS = 24 * 60 * 60 * 1000
const days = (count: number) => new Date(now.getTime() + count * DAY_MS)
const works: Standing = { state: 'works', since: now }
const refused: Standing = { state: 'refused', since: now, code: 'cloud_providers.secret_wrong' }

function ended(expiresAt: Date | undefined, standing: Standing = works) {
  return {
    id: newId<ProviderCredentialId>(),
    kind: 'secret',
    hint: 'Qx8',
    certificate: undefined,
    expiresAt,
    standing,
  } as const
}

describe('the countdown to the expiry of the last working credential', () => {
  it.each([
    [61, undefined],
    [60, 60],
    [31, 60],
    [29.5, 30],
    [14, 14],
    [6, 7],
    [2.5, 3],
    [0.1, 1],
    [0, undefined],
    [-3, undefined],
  ])('%s days before the expiry, the nearest threshold is %s', (left, threshold) => {
    expect(findExpiry([ended(days(left))], now)?.threshold).toBe(threshold)
  })

  it('is inactive while a later one works, or while a working one has no known expiry date', () => {
    expect(findExpiry([ended(days(3)), ended(days(300))], now)).toBeUndefined()
    expect(findExpiry([ended(days(3)), ended(undefined)], now)).toBeUndefined()
  })

  it.each([
    ['untried', { state: 'untried' } as const],
    ['refused', refused],
  ])('continues despite a later one that is %s', (_which, standing) => {
    const last = ended(days(3))
    expect(findExpiry([last, ended(days(300), standing)], now)).toMatchObject({
      credentialId: last.id,
      daysLeft: 3,
    })
  })

  it('uses the last of several credentials', () => {
    const [first, last] = [ended(days(2)), ended(days(10))]
    expect(findExpiry([first, last], now)).toMatchObject({ credentialId: last.id, threshold: 14, daysLeft: 10 })
  })
})

describe('the expiry alert', () => {
  const provider = {
    id: newId<CloudProviderId>(),
    name: 'Contoso mail',
    clientId: newId(),
    contact: 'ada@contoso.example',
    deputy: 'ben@contoso.example',
  }
  const page = 'https://postkey.example/cloud-providers/1'

  it('lists every affected mailbox, the date and the steps to a new secret, for contact and deputy', () => {
    const ending = findExpiry([ended(days(6.5))], now)!
    const dependents = [
      { id: '1', name: 'Support', address: 'support@contoso.example' },
      { id: '2', name: 'Billing', address: 'billing@contoso.example' },
    ]
    const alert = expiryAlert(provider, ending, dependents, page)

    expect(alert).toMatchObject({
      key: `secret-ending:${ending.credentialId}:7`,
      to: ['ada@contoso.example', 'ben@contoso.example'],
      subject: '[Postkey] The client secret of Contoso mail expires in 7 days',
    })
    for (const part of [
      'The client secret Qx8… that Postkey uses',
      'expires in 7 days, on 2026-06-08 00:00 UTC',
      'support@contoso.example',
      'billing@contoso.example',
      'New client secret',
      page,
    ]) {
      expect(alert.text).toContain(part)
    }
  })

  it('stays short with a thousand mailboxes', () => {
    const ending = findExpiry([ended(days(6.5))], now)!
    const many = Array.from({ length: 1000 }, (_, n) => ({
      id: `${n}`,
      name: `M${n}`,
      address: `m${n}@contoso.example`,
    }))
    const { text } = expiryAlert(provider, ending, many, page)
    expect(text).toContain('and 950 more')
    expect(text).toContain('these 1000 mailboxes stop')
  })
})
