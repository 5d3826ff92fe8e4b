import { expect, it } from 'vitest'
import { markPattern, splitMarked } from './mark-pattern.ts'

it('marks a beginning with the rest of its word, and words of a phrase together', () => {
  const pattern = markPattern([
    { words: ['lamp'], isPhrase: false },
    { words: ['red', 'wine'], isPhrase: true },
    { words: ['anna', 'berg'], isPhrase: false },
  ])!
  expect(splitMarked('A Lampshade, a clamp, red – wine, red wines: anna.bergmann@x', pattern)).toEqual([
    'A ',
    'Lampshade',
    ', a clamp, ',
    'red – wine',
    ', red wines: ',
    'anna.bergmann',
    '@x',
  ])
})

it('has no pattern without words', () => {
  expect(markPattern([])).toBeUndefined()
  expect(markPattern([{ words: [], isPhrase: false }])).toBeUndefined()
})
