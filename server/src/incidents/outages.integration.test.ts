/** Error codes of an outage change between attempts, but they remain one incident. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { createStage, MINUTE_MS, SECOND_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)

beforeEach(() => stage.reset())
afterAll(() => stage.close())

describe('an outage', () => {
  it.each([
    [
      'a mailbox alone',
      [
        'egress.timed_out',
        'tokens.endpoint_unavailable',
        'transports.unavailable',
        'email_accounts.silent',
        'egress.unreachable',
      ],
    ],
    ['one that was silent before', ['email_accounts.silent', 'egress.timed_out', 'tokens.endpoint_unavailable']],
    ['one that was throttled before', ['transports.throttled', 'transports.unavailable', 'egress.timed_out']],
  ] as const)('alerts once, even when its error codes change: %s', async (_, codes) => {
    const [account] = await stage.accounts(1)
    for (const code of codes) {
      await stage.account(account!.id, 'degraded', code)
      await stage.pass(20 * MINUTE_MS, MINUTE_MS)
    }
    // Refreshing its sign-in fails as well.
    await stage.grant(account!.grantId, 'degraded', 'tokens.endpoint_unavailable')
    await stage.pass(20 * MINUTE_MS, MINUTE_MS)
    expect(await stage.all()).toHaveLength(1)
    const told = (await stage.told()).filter(({ kind }) => kind === 'incident.opened')
    expect(told).toHaveLength(1)
  })

  it('alerts once when the local network is down and some mailboxes fail at Entra ID', async () => {
    const accounts = await stage.accounts(10)
    for (const { id } of accounts.slice(0, 6)) await stage.account(id, 'degraded', 'egress.unreachable')
    for (const { id } of accounts.slice(6)) await stage.account(id, 'degraded', 'tokens.endpoint_unavailable')
    for (const { grantId } of accounts) await stage.grant(grantId, 'degraded', 'tokens.endpoint_unavailable')
    await stage.pass(6 * MINUTE_MS, MINUTE_MS)
    expect((await stage.all()).map(({ cause, affected }) => [cause, affected.length])).toEqual([['network', 10]])
  })

  it('moves to another incident when a permanent error occurs', async () => {
    const [account] = await stage.accounts(1)
    await stage.account(account!.id, 'degraded', 'egress.timed_out')
    await stage.pass(6 * MINUTE_MS, MINUTE_MS)
    await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
    await stage.pass(MINUTE_MS, 30 * SECOND_MS)
    expect((await stage.open()).map(({ cause }) => cause)).toEqual(['mailbox'])
  })
})
