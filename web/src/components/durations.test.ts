import { describe, expect, it } from 'vitest'
import { durationWords } from './durations.ts'

describe('durations in words', () => {
  it.each([
    [0, '0 ms'],
    [420, '420 ms'],
    [4240, '4.2 sec'],
    [59_900, '59 sec'],
    [119_000, '1 min'],
    [4_320_000, '1 hr 12 min'],
    [7_200_000, '2 hr'],
    [97_200_000, '1 day 3 hr'],
  ])('%d ms are %s', (ms, text) => {
    expect(durationWords(ms, 'en')).toBe(text)
  })
})
