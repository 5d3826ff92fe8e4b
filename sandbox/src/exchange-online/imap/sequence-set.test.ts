import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastCpuMs } from '../../../test/growth.ts'
import { Refusal } from './refusal.ts'
import { positionsIn, positionsUpTo, readSequenceSet, writeSequenceSet } from './sequence-set.ts'

describe('a sequence set', () => {
  it.each([
    ['1', [0]],
    ['2:4', [1]],
    ['4:2', [1]],
    ['*', [3]],
    ['9:*', [2, 3]],
    ['99:*', [3]],
    ['*:99', [3]],
    ['50:60', []],
    ['1:4294967295', [0, 1, 2, 3]],
    ['20,1,3:9,1', [0, 1, 2, 3]],
  ])('matches the messages with those UIDs: %s', (text, positions) => {
    expect(positionsIn(readSequenceSet(text), [1, 3, 9, 20])).toEqual(positions)
  })

  it('matches nothing in an empty folder', () => {
    expect(positionsIn(readSequenceSet('1:*'), [])).toEqual([])
    expect(positionsUpTo(0, readSequenceSet('*'))).toEqual([])
  })

  it('costs time by the number of messages, not by the size of its ranges', () => {
    expect(positionsUpTo(3, readSequenceSet('1:4294967295'))).toEqual([0, 1, 2])
    expect(positionsIn(readSequenceSet('2:4294967295'), [1, 2])).toEqual([1])
    // A loop over all numbers takes seconds.
    expect(leastCpuMs(() => positionsUpTo(3, readSequenceSet('1:4294967295')))).toBeLessThan(500)
    expect(leastCpuMs(() => positionsIn(readSequenceSet('2:4294967295'), [1, 2]))).toBeLessThan(500)
  })

  it.each(['', '0', '1:', ':1', 'a', '1,,2', '4294967296', '1:2:3', '-1'])(
    'is refused when it is malformed: “%s”',
    (text) => {
      expect(() => readSequenceSet(text)).toThrow(Refusal)
    },
  )

  it('agrees with a naive implementation, for sequence numbers and UIDs', () => {
    const numbers = fc
      .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 20 })
      .map((all) => all.sort((a, b) => a - b))
    const end = fc.oneof(fc.integer({ min: 1, max: 45 }).map(String), fc.constant('*'))
    const range = fc.oneof(
      end,
      fc.tuple(end, end).map((both) => both.join(':')),
    )
    fc.assert(
      fc.property(numbers, fc.array(range, { minLength: 1, maxLength: 5 }), (all, ranges) => {
        const last = all.at(-1)
        const value = (text: string) => (text === '*' ? last! : Number(text))
        const isNamed = (number: number) =>
          ranges.some((each) => {
            const [from, to] = each.split(':').map(value)
            return number >= Math.min(from!, to ?? from!) && number <= Math.max(from!, to ?? from!)
          })
        const expected = last === undefined ? [] : all.flatMap((number, i) => (isNamed(number) ? [i] : []))
        expect(positionsIn(readSequenceSet(ranges.join()), all)).toEqual(expected)

        const count = all.length
        const sequence = Array.from({ length: count }, (_, i) => i + 1)
        expect(positionsUpTo(count, readSequenceSet(ranges.join()))).toEqual(
          positionsIn(readSequenceSet(ranges.join()), sequence),
        )
      }),
    )
  })

  it('is written in the shortest form, and parsed back', () => {
    expect(writeSequenceSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10')
    expect(writeSequenceSet([])).toBe('')
  })
})
