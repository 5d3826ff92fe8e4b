import { describe, expect, it } from 'vitest'
import { sizeWords } from './sizes.ts'

describe('sizes in words', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [291, '291 bytes'],
    [1536, '1.5 kB'],
    [3 * 1024 * 1024, '3 MB'],
    [157_286_400, '150 MB'],
    [5 * 1024 ** 4, '5,120 GB'],
  ])('%d bytes are %s', (sizeBytes, text) => {
    expect(sizeWords(sizeBytes, 'en')).toBe(text)
  })
})
