import { expect, it } from 'vitest'
import { conversationSize, createRandom, createZipf, wordOfRank } from './random.ts'

it('the same seed draws the same numbers', () => {
  const [one, other] = [createRandom(7), createRandom(7)]
  expect([one(), one(), one()]).toEqual([other(), other(), other()])
})

it('the most frequent word of 1,000 occurs about every seventh time, and ten times as often as the tenth', () => {
  const draw = createZipf(createRandom(7), 1000)
  const counts = new Map<number, number>()
  for (let n = 0; n < 100_000; n++) {
    const rank = draw()
    counts.set(rank, (counts.get(rank) ?? 0) + 1)
  }
  expect(Math.min(...counts.keys())).toBe(1)
  expect(Math.max(...counts.keys())).toBeLessThanOrEqual(1000)
  expect(counts.get(1)! / 100_000).toBeCloseTo(1 / 7.49, 2)
  expect(counts.get(1)! / counts.get(10)!).toBeGreaterThan(9)
})

it('conversations have one message mostly, and 500 at most', () => {
  const random = createRandom(7)
  const sizes = Array.from({ length: 100_000 }, () => conversationSize(random))
  expect(Math.min(...sizes)).toBe(1)
  expect(Math.max(...sizes)).toBe(500)
  expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(50_000)
})

it('a rank has one word of three to nine letters', () => {
  expect(wordOfRank(17)).toBe(wordOfRank(17))
  for (let rank = 1; rank < 1000; rank++) expect(wordOfRank(rank)).toMatch(/^[a-z]{3,9}$/)
})
