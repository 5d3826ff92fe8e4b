import { describe, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { createDialGuard } from '../kernel/dial-guard.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import { MICROSOFT } from '../kernel/mail-services.ts'
import { Secret } from '../kernel/secret.ts'
import { mailParser } from '../../test/kit/index.ts'
import { type AccountAccess, createTransports, type MailService, type MailTransport } from './index.ts'

const CONTOSO = 'contoso' as CloudProviderId
const anna = { address: 'anna@contoso.example', kind: 'user', cloudProviderId: CONTOSO } as const
const byGrant = { ...anna, principal: { kind: 'grant', grantId: 'g1' as GrantId } } as const
const address = { host: 'mail.example', port: 993, tls: 'implicit' } as const
const byPassword: AccountAccess = {
  address: 'ben@example.org',
  kind: 'user',
  cloudProviderId: undefined,
  principal: { kind: 'password' },
  servers: { imap: address, smtp: address, userName: 'ben' },
  password: new Secret('p'.repeat(12)),
}

function setUp() {
  const calls = { opened: [] as string[], looked: 0, closed: 0 }
  const transport = {} as MailTransport
  const service: MailService = {
    open: ({ address }) => (calls.opened.push(address), Promise.resolve(transport)),
    canChange: () => Promise.resolve(true),
    canSendBy: (_, protocol) => Promise.resolve(protocol === 'graph'),
    addressesIn: () => Promise.resolve(['info@contoso.example']),
    usersIn: () => Promise.resolve({ users: [], next: undefined }),
    pausedUntil: () => new Date(0),
    close: () => (calls.closed++, Promise.resolve()),
  }
  const transports = createTransports({
    clock: systemClock,
    services: { [MICROSOFT.service]: service },
    cloudProviders: { get: () => (calls.looked++, Promise.resolve(MICROSOFT)) },
    imap: { dialGuard: createDialGuard(), parser: mailParser },
    mailPasswords: { open: () => Promise.reject(new TypeError('no stored password')) },
  })
  return { transports, transport, calls }
}

describe('transports', () => {
  it('open a mailbox at the mail service of its cloud provider, which is read once', async () => {
    const { transports, transport, calls } = setUp()

    expect(await transports.open(byGrant)).toBe(transport)
    await transports.open({ ...byGrant, address: 'ben@contoso.example' })

    expect(calls).toMatchObject({ opened: ['anna@contoso.example', 'ben@contoso.example'], looked: 1 })
    expect(await transports.canSendBy(byGrant, 'smtp')).toBe(false)
    expect(await transports.addressesIn({ cloudProviderId: CONTOSO, tenantId: 't1' })).toEqual(['info@contoso.example'])
  })

  it('open a mailbox with a password at its own servers, without a mail service', async () => {
    const { transports, calls } = setUp()

    const { reading, sending } = await transports.open(byPassword)

    expect([reading.protocol, sending.protocol]).toEqual(['imap', 'smtp'])
    expect(await transports.canSendBy(byPassword, 'smtp')).toBe(true)
    expect(await transports.canSendBy(byPassword, 'graph')).toBe(false)
    expect(transports.pausedUntil(byPassword)).toBeUndefined()
    expect(calls).toMatchObject({ opened: [], looked: 0 })
  })

  it('report the pause of a mail service only for mailboxes that it has opened', async () => {
    const { transports } = setUp()
    expect(transports.pausedUntil(byGrant)).toBeUndefined()

    await transports.open(byGrant)

    expect(transports.pausedUntil(byGrant)).toEqual(new Date(0))
  })

  it('close every mail service', async () => {
    const { transports, calls } = setUp()
    await transports.close()
    expect(calls.closed).toBe(1)
  })
})
