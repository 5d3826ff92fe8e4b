import { expect, it } from 'vitest'
import { toLine, percentile } from './figures.ts'

it('says whether what is wanted of a value or of its ratio is met', () => {
  expect(toLine({ name: 'a', value: 12, unit: 'ms', wanted: { atMost: 10 } })).toEqual({
    ...{ name: 'a', value: 12, unit: 'ms' },
    ...{ target: '<= 10', met: false },
  })
  expect(toLine({ name: 'b', value: 700, unit: '1/s', baseline: 1000, wanted: { of: 'ratio', atLeast: 0.6 } })).toEqual(
    {
      ...{ name: 'b', value: 700, unit: '1/s', baseline: 1000, ratio: 0.7 },
      ...{ target: 'ratio >= 0.6', met: true },
    },
  )
  expect(toLine({ name: 'c', value: 1, unit: 's', wanted: { of: 'ratio', atLeast: 0.6 } })).toMatchObject({
    met: false,
  })
})

it('takes the slowest of a hundred for the 99th percentile', () => {
  const times = Array.from({ length: 100 }, (_, n) => n + 1)
  expect([percentile(times, 50), percentile(times, 99)]).toEqual([51, 100])
})
