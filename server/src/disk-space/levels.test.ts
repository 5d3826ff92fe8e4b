import { expect, it } from 'vitest'
import { chooseLevel, sizeWords, calculateThresholds, type Level } from './levels.ts'

const GB = 1_000_000_000
const MB = 1_000_000

it.each([
  ['a large disk', 1000 * GB, 500 * MB],
  ['a small disk', 4 * GB, 200 * MB],
])('keeps 500 MB or a twentieth of %s, whichever is less', (_of, totalBytes, refuseBytes) => {
  expect(calculateThresholds({ totalBytes }).refuseBytes).toBe(refuseBytes)
})

it('changes level once on the way down and once on the way up', () => {
  let level: Level = 'enough'
  const levels = [2000, 990, 1010, 990, 499, 740, 510, 760, 1010, 1240, 1260, 1010].map((free) => {
    level = chooseLevel({ freeBytes: free * MB, totalBytes: 100 * GB }, level)
    return level
  })
  expect(levels).toEqual([
    ...['enough', 'low', 'low', 'low', 'refusing', 'refusing', 'refusing'],
    ...['low', 'low', 'low', 'enough', 'enough'],
  ])
})

it.each([
  [1_540_000_000, '1.5 GB'],
  [340_000_000, '340 MB'],
  [1_230_000, '1.2 MB'],
])('formats %i bytes as %s', (bytes, words) => expect(sizeWords(bytes)).toBe(words))
