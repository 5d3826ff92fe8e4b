import { describe, expect, it } from 'vitest'
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

  it('stays fast with any number of stars', () => {
    const before = performance.now()
    expect(compilePattern('*a'.repeat(400) + 'b')(`${'a'.repeat(255)}c`)).toBe(false)
    expect(compilePattern('%a*'.repeat(300))(`${'a/'.repeat(120)}c`)).toBe(false)
    expect(performance.now() - before).toBeLessThan(1000)
  })
})
