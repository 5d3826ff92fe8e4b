import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HIGHEST_UID, isInRanges, parseUidSet, uidSet } from './uid-ranges.ts'

const uid = fc.integer({ min: 1, max: HIGHEST_UID })

describe('a set of UIDs', () => {
  it('is formatted as ranges with the same UIDs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(uid, { minLength: 1, maxLength: 50 }), uid, (uids, other) => {
        const ranges = parseUidSet(uidSet(uids))!
        expect(uids.every((each) => isInRanges(each, ranges))).toBe(true)
        expect(isInRanges(other, ranges)).toBe(uids.includes(other))
      }),
    )
    expect(uidSet([7, 5, 6, 9, 9])).toBe('5:7,9')
  })

  it('stays a range for any number of UIDs', () => {
    const before = performance.now()
    expect(parseUidSet('1:16777216,4294967295')).toEqual([
      [1, 16_777_216],
      [HIGHEST_UID, HIGHEST_UID],
    ])
    expect(performance.now() - before).toBeLessThan(50)
  })

  it.each(['', '0', '1:', '4294967296', '1:*', '-3', '1,,2', 'x', `${'1,'.repeat(200_000)}1`])(
    'is invalid as %j',
    (text) => {
      expect(parseUidSet(text)).toBeUndefined()
    },
  )
})
