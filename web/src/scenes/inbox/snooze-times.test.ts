import { describe, expect, it } from 'vitest'
import { fromLocalInput, snoozeTimes, toLocalInput } from './snooze-times.ts'

const at = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute)
const textOf = ({ choice, at: time }: { choice: string; at: Date }) => `${choice} ${toLocalInput(time)}`

describe('times offered for a snooze', () => {
  it.each([
    [
      'a Tuesday morning',
      at(3, 9, 20),
      ['laterToday 2026-03-03T13:00', 'tomorrow 2026-03-04T09:00', 'nextWeek 2026-03-09T09:00'],
    ],
    ['a late evening', at(3, 20), ['tomorrow 2026-03-04T09:00', 'nextWeek 2026-03-09T09:00']],
    ['a Sunday', at(8, 23, 59), ['tomorrow 2026-03-09T09:00', 'nextWeek 2026-03-09T09:00']],
    ['a Monday', at(9, 8), ['laterToday 2026-03-09T11:00', 'tomorrow 2026-03-10T09:00', 'nextWeek 2026-03-16T09:00']],
  ])('on %s', (_when, now, times) => {
    expect(snoozeTimes(now).map(textOf)).toEqual(times)
  })
})

it('a chosen time is in the future, within a year', () => {
  const now = at(3, 9)
  expect(fromLocalInput('2026-03-03T09:30', now)).toEqual(at(3, 9, 30))
  expect(['2026-03-03T09:00', '2027-03-04T09:00', '', 'x'].map((text) => fromLocalInput(text, now))).toEqual(
    Array(4).fill(undefined),
  )
})
