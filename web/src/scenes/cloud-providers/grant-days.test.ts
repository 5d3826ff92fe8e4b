import { expect, it } from 'vitest'
import { grantDays } from './grant-days.ts'

const grant = { refreshTokenAt: '2026-11-01T12:00:00Z', expiresUnusedAt: '2027-01-30T12:00:00Z' }

it.each([
  ['2026-11-01T12:00:00Z', 0, 90],
  ['2026-11-02T11:59:59Z', 0, 89],
  ['2026-11-02T12:00:00Z', 1, 89],
  ['2027-01-30T11:00:00Z', 89, 0],
  ['2027-03-01T12:00:00Z', 120, 0],
])('counts whole days at %s: %d old, %d left', (now, old, left) => {
  expect(grantDays(grant, new Date(now))).toEqual({ old, left })
})
