import { describe, expect, it } from 'vitest'
import { leastCpuMs } from '../../../test/growth.ts'
import { compilePattern } from './folder-paths.ts'

describe('a pattern of LIST', () => {
  it.each([
    ['*', 'a/b/c', true],
    ['%', 'a', true],
    ['%', 'a/b', false],
    ['a/%', 'a/b', true],
    ['a/%', 'a/b/c', false],
    ['%/c', 'a/b/c', false],
    ['%/%/c', 'a/b/c', true],
    ['*c', 'a/b/c', true],
    ['a*%', 'abc/d', true],
    ['%x*', 'ab/x', false],
    ['inbox', 'INBOX', true],
    ['Entw&APw-rfe', 'Entwürfe', true],
    ['', 'a', false],
  ])('%s and %s: %s', (pattern, path, fits) => {
    expect(compilePattern(pattern)(path)).toBe(fits)
  })

  it.each([
    ['*a', 'b', 'a', 'c'],
    ['%a*', '', 'a/', 'c'],
  ])('stays fast with any number of wildcards: %s', (stars, end, name, last) => {
    // In steps, so that an exponential matcher fails at an early one instead of never ending.
    for (const n of [...Array(20).keys(), 400]) {
      const match = compilePattern(stars.repeat(n) + end)
      expect(leastCpuMs(() => match(name.repeat(n) + last))).toBeLessThan(200)
    }
    expect(compilePattern(stars.repeat(300) + end)(name.repeat(120) + last)).toBe(false)
  })
})
