import { describe, expect, it } from 'vitest'
import type { Preflight } from '../../api/client.ts'
import { isOutdated } from './outdated-check.ts'

const CONNECTED = { state: 'connected', stateSince: '2026-11-27T12:01:00Z' } as const

function checked(writes: Partial<Preflight['checks'][number]>): Preflight {
  return {
    checkedAt: '2026-11-27T12:00:00Z',
    checks: [
      { what: 'exists', outcome: 'ok' },
      { what: 'writes', outcome: 'not-tried', ...writes },
      { what: 'sends', outcome: 'not-tried' },
    ],
  }
}

describe('checks from before a mailbox recovered', () => {
  it.each([
    ['something was wrong', { outcome: 'wrong' }, true],
    ['something could not be tried, for a reason', { code: 'transports.throttled' }, true],
    ['nothing was wrong, and the road has no drafts to try', {}, false],
  ] as const)('is outdated when %s', (_when, writes, old) => {
    expect(isOutdated({ ...CONNECTED, preflight: checked(writes) })).toBe(old)
  })

  it('is current when it was checked afterwards', () => {
    const preflight = { ...checked({ outcome: 'wrong' }), checkedAt: '2026-11-27T12:02:00Z' }
    expect(isOutdated({ ...CONNECTED, preflight })).toBe(false)
  })
})
