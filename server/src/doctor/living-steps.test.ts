import { describe, expect, it } from 'vitest'
import type { EmailAccount } from '../email-accounts/index.ts'
import { CATALOGUE, type ErrorCode } from '../kernel/errors.ts'
import { createTestClock } from '../../test/kit/index.ts'
import { livingSteps } from './living-steps.ts'
import type { Transports } from '../transports/index.ts'

const clock = createTestClock('2026-03-01T09:00:00Z')
const transports = { pausedUntil: () => undefined } as unknown as Transports
const servers = { imap: { host: 'imap.example', port: 993, tls: 'implicit' } } as EmailAccount['servers']

function steps(account: Partial<EmailAccount>) {
  const now = clock.now()
  const times = { completeUpTo: now, stateSince: now, createdAt: now }
  const usual = { state: 'connected', push: { state: 'active' }, receivesBy: 'graph', ...times }
  return livingSteps({ ...usual, ...account } as EmailAccount, { clock, transports }, {})
}
const reasonOf = (code: ErrorCode) => ({ code, ...CATALOGUE[code] })
async function found(account: Partial<EmailAccount>, id: string) {
  return steps(account)
    .find((each) => each.id === id)!
    .look(() => Promise.resolve(undefined))
}

describe('the doctor line for reading a mailbox', () => {
  it.each([
    ['degraded', 'transports.imap_refused'],
    ['needs-sign-in', 'tokens.grant_ended'],
    ['needs-admin', 'transports.imap_login_refused'],
  ] as const)(
    'is wrong with the reason while the mailbox is %s, even right after a successful read',
    async (state, code) => {
      expect(await found({ state, reason: reasonOf(code) }, 'life')).toMatchObject({
        outcome: 'wrong',
        error: { code },
      })
    },
  )

  it('is ok while the mailbox is connected and was read recently', async () => {
    expect(await found({}, 'life')).toMatchObject({ outcome: 'ok' })
  })
})

describe('the server named in the doctor lines of a mailbox', () => {
  it.each([
    [
      'a password server',
      { servers, receivesBy: 'imap' },
      'The mail server announces new mail on an open connection (IDLE)',
    ],
    ['Exchange by IMAP', { receivesBy: 'imap' }, 'Microsoft announces new mail on an open connection (IDLE)'],
    ['Graph', { receivesBy: 'graph' }, 'Microsoft announces new mail'],
  ] as const)('announces new mail: %s', async (_server, account, title) => {
    expect(await found(account, 'push')).toMatchObject({ outcome: 'ok', title })
  })

  it('does not throttle Postkey', async () => {
    expect(await found({ servers, receivesBy: 'imap' }, 'budget')).toMatchObject({
      title: 'The mail server doesn’t throttle Postkey',
    })
  })

  it('needs no public URL for IDLE', () => {
    const needs = (account: Partial<EmailAccount>) => steps(account).find(({ id }) => id === 'push')!.needs
    expect(needs({ servers, receivesBy: 'imap' })).toEqual(['folder'])
    expect(needs({})).toEqual(['folder', 'public-url'])
  })
})
