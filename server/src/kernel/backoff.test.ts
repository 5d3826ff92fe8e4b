import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs } from './backoff.ts'

const SRC = join(import.meta.dirname, '..')

const anyBackoff = fc
  .tuple(
    fc.integer({ min: 1, max: 600_000 }),
    fc.integer({ min: 1, max: 100 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([first, times, jitter]) => ({ first, longest: first * times, jitter }))
const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const anyFailures = fc.integer({ min: 0, max: 10_000 })

describe('the backoff', () => {
  it('stays between the fixed share of the first pause and the longest pause', () => {
    fc.assert(
      fc.property(anyBackoff, anyFailures, anyRandom, (backoff, failures, random) => {
        const ms = backoffMs(backoff, failures, { random: () => random })
        expect(ms).toBeGreaterThanOrEqual(backoff.first * (1 - backoff.jitter) * (1 - 1e-9))
        expect(ms).toBeLessThanOrEqual(backoff.longest * (1 + 1e-9))
      }),
    )
  })

  it('never shrinks with more failures, at the same chance', () => {
    fc.assert(
      fc.property(anyBackoff, anyFailures, anyRandom, (backoff, failures, random) => {
        const at = (n: number) => backoffMs(backoff, n, { random: () => random })
        expect(at(failures + 1)).toBeGreaterThanOrEqual(at(failures))
      }),
    )
  })

  it('keeps the floor that a server asked for, and spreads above it by at most the jitter', () => {
    fc.assert(
      fc.property(
        anyBackoff,
        anyFailures,
        anyRandom,
        fc.integer({ min: 0, max: 10 ** 9 }),
        (backoff, n, random, floorMs) => {
          const ms = backoffMs(backoff, n, { random: () => random, floorMs })
          const { longest, jitter } = backoff
          expect(ms).toBeGreaterThanOrEqual(floorMs)
          expect(ms).toBeLessThanOrEqual((Math.max(floorMs, longest * (1 - jitter)) + longest * jitter) * (1 + 1e-9))
        },
      ),
    )
  })

  it('doubles from the first to the longest pause without jitter', () => {
    const pauses = [0, 1, 2, 3, 4].map((failures) => backoffMs({ first: 10, longest: 50, jitter: 0 }, failures))
    expect(pauses).toEqual([10, 20, 40, 50, 50])
  })

  it('is the only formula of exponential pauses', () => {
    const others = globSync('**/*.ts', { cwd: SRC }).filter(
      (file) =>
        !file.includes('.test.') &&
        file !== 'kernel/backoff.ts' &&
        /(first|PAUSE_MS|1000|Ms) \* 2 \*\*/i.test(readFileSync(join(SRC, file), 'utf8')),
    )
    expect(others).toEqual([])
  })
})
