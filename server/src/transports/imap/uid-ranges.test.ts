import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastCpuMs } from '../../../test/kit/index.ts'
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
    expect(parseUidSet('1:4294967294,4294967295')).toEqual([
      [1, HIGHEST_UID - 1],
      [HIGHEST_UID, HIGHEST_UID],
    ])
    // A loop over all numbers takes seconds.
    expect(leastCpuMs(() => parseUidSet('1:4294967294,4294967295'))).toBeLessThan(500)
  })

  it.each(['', '0', '1:', '4294967296', '1:*', '-3', '1,,2', 'x', `${'1,'.repeat(200_000)}1`])(
    'is invalid as %j',
    (text) => {
      expect(parseUidSet(text)).toBeUndefined()
    },
  )
})
