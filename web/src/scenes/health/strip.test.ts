import { describe, expect, it, vi, afterEach } from 'vitest'
import { gathered, GRID_MS, heightPercent, hourMarks, leftPercent, timeBefore, widthPercent } from './strip.ts'

afterEach(() => vi.unstubAllEnvs())

const DAY = { from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' }

describe('the chart of a day', () => {
  it('places each moment by its share of the day, and nothing outside', () => {
    expect(leftPercent('2026-03-02T06:00:00Z', DAY)).toBe(25)
    expect([leftPercent('2026-03-01T06:00:00Z', DAY), leftPercent('2026-03-04T06:00:00Z', DAY)]).toEqual([0, 100])
  })

  it('shows a state of one second too', () => {
    expect(widthPercent({ from: '2026-03-02T06:00:00Z', to: '2026-03-02T06:00:01Z' }, DAY)).toBeGreaterThan(0.3)
    expect(widthPercent({ from: '2026-03-02T06:00:00Z', to: '2026-03-02T18:00:00Z' }, DAY)).toBe(50)
  })

  it('starts the first day with the time before the connection, later days without', () => {
    const first = { from: '2026-03-02T21:26:00.000Z', to: '2026-03-02T22:00:00.000Z' }
    expect(timeBefore({ ...DAY, states: [first] })).toEqual({ from: DAY.from, to: first.from })
    expect(timeBefore({ ...DAY, states: [{ ...first, from: DAY.from }] })).toBeUndefined()
    expect(timeBefore({ ...DAY, states: [] })).toBeUndefined()
  })

  it('combines overlapping marks without losing one', () => {
    const at = (time: string) => ({ at: `2026-03-02T${time}Z` })
    const groups = gathered([at('06:00:00'), at('06:01:00'), at('06:02:00'), at('12:00:00')], DAY, 1)
    expect(groups.map(({ left, marks }) => [left, marks.length])).toEqual([
      [25, 3],
      [50, 1],
    ])
  })

  it('has an hour label every three hours, also on a day of 25 hours', () => {
    vi.stubEnv('TZ', 'Europe/Berlin')
    const clocks = (from: string, to: string) => hourMarks({ from, to }).map(({ at }) => at.getHours())
    expect(clocks('2026-03-01T23:00:00Z', '2026-03-02T23:00:00Z')).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 0])
    expect(clocks('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 0])
  })
})

describe('a chart of latencies', () => {
  it('is higher for longer times, from a moment to hours, and shows the quickest too', () => {
    const heights = [1, ...GRID_MS, 6 * 3_600_000, 10 ** 9].map(heightPercent)
    expect(heights).toEqual(heights.toSorted((a, b) => a - b))
    expect(heights[0]).toBe(3)
    expect(heights.at(-1)).toBe(100)
    expect(new Set(heights.slice(0, 5)).size).toBe(5)
  })
})
