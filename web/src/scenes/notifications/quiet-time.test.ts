import { expect, it } from 'vitest'
import { isQuiet } from './quiet-time.ts'

const NIGHT = {
  timeZone: 'Europe/Berlin',
  quietHours: { from: '18:00', to: '08:00' },
  emailAccounts: [],
  digest: { interval: 'off' } as const,
}
const NOON = { ...NIGHT, quietHours: { from: '12:00', to: '13:00' } }

it.each([
  ['the evening', NIGHT, '2026-01-10T17:00:00Z', true],
  ['the minute before the start', NIGHT, '2026-01-10T16:59:00Z', false],
  ['the next morning', NIGHT, '2026-01-11T06:59:00Z', true],
  ['the end', NIGHT, '2026-01-11T07:00:00Z', false],
  ['an hour of the day', NOON, '2026-01-10T11:30:00Z', true],
  ['the same hour in summer time', NOON, '2026-07-10T11:30:00Z', false],
])('quiet hours in the time zone of the person: %s', (_when, settings, at, isIn) => {
  expect(isQuiet(settings, new Date(at))).toBe(isIn)
})

it('there are no quiet hours without settings', () => {
  expect(isQuiet({ emailAccounts: [], digest: { interval: 'off' } }, new Date('2026-01-10T23:00:00Z'))).toBe(false)
})
