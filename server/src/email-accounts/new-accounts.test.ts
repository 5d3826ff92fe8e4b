import { expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { failedCheck } from '../transports/index.ts'
import { refuseUnread } from './new-accounts.ts'

const NOW = new Date('2026-11-30T00:00:00Z')

it('refuses an unread mailbox with the time at which Microsoft accepts the next request', () => {
  const retryAt = new Date('2026-11-30T01:00:00Z')
  const error = new AppError('transports.unavailable', { upstream: { status: 503, retryAt } })
  const checks = [
    { what: 'exists', ...failedCheck(error) },
    { what: 'reads', outcome: 'not-tried' },
  ] as const
  let thrown: unknown
  try {
    refuseUnread({ checkedAt: NOW, checks })
  } catch (refused) {
    thrown = refused
  }
  expect(thrown).toMatchObject({ code: error.code, upstream: { retryAt } })
})
