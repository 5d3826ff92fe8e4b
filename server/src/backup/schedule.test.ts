import { describe, expect, it } from 'vitest'
import { lastDue, nextDue, overdueAfter, parseKeep, parseTimes } from './schedule.ts'

const HOUR_MS = 60 * 60_000

describe('the schedule of backups', () => {
  it('reads times of the day, in their order and once each', () => {
    expect(parseTimes('14:30, 02:00,02:00')).toEqual([120, 870])
    for (const text of ['', '24:00', '2:00', '02:60', '02:00,', '02:00 14:00']) expect(parseTimes(text)).toBeUndefined()
  })

  it('reads what is kept', () => {
    expect([parseKeep('14'), parseKeep('30d')]).toEqual([{ backups: 14 }, { days: 30 }])
    for (const text of ['', '0', '0d', '1000', '3w', '-1', '1.5']) expect(parseKeep(text)).toBeUndefined()
  })

  it.each([
    ['2026-05-04T01:59:59Z', '2026-05-03T14:30:00Z', '2026-05-04T02:00:00Z'],
    ['2026-05-04T02:00:00Z', '2026-05-04T02:00:00Z', '2026-05-04T14:30:00Z'],
    ['2026-05-04T23:00:00Z', '2026-05-04T14:30:00Z', '2026-05-05T02:00:00Z'],
  ])('at %s, the last time was %s and the next is %s', (now, last, next) => {
    const schedule = { times: [120, 870] }
    expect(lastDue(schedule, new Date(now))).toEqual(new Date(last))
    expect(nextDue(schedule, new Date(now))).toEqual(new Date(next))
  })

  it('is overdue two hours after its longest pause', () => {
    expect(overdueAfter({ times: [120] })).toBe(26 * HOUR_MS)
    expect(overdueAfter({ times: [0, 360, 720, 1080] })).toBe(8 * HOUR_MS)
    expect(overdueAfter({ times: [120, 870] })).toBe(14.5 * HOUR_MS)
  })
})
