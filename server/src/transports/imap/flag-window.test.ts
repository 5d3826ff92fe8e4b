import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareWindow } from './flag-window.ts'
import type { Listed } from './list-messages.ts'
import { HIGHEST_UID } from './uid-ranges.ts'

const ALL = { from: 1, below: HIGHEST_UID + 1 }

function listed(uid: number, flags: readonly string[] = [], isDeleted = false): Listed {
  return { seq: 1, uid, flags, isDeleted, receivedAt: undefined, claimedBytes: 0 }
}

describe('the flag window of a folder', () => {
  it('reports nothing if nothing changed', () => {
    const now = [listed(5), listed(900, ['seen'])]
    const { digest } = compareWindow(now, undefined, ALL)

    expect(compareWindow(now.toReversed(), digest, ALL)).toEqual({ digest, changed: [], left: undefined })
  })

  it('reports every message with changed flags and every removed one, in any folder', () => {
    const message = fc.record({ uid: fc.integer({ min: 1, max: HIGHEST_UID }), seen: fc.boolean() })
    fc.assert(
      fc.property(
        fc.uniqueArray(message, { minLength: 1, maxLength: 40, selector: ({ uid }) => uid }),
        fc.array(fc.nat(), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (before, removals, turns) => {
          const first = before.map(({ uid, seen }) => listed(uid, seen ? ['seen'] : []))
          const { digest } = compareWindow(first, undefined, ALL)
          const gone = new Set(removals.map((at) => first[at % first.length]!.uid))
          const turned = new Set(turns.map((at) => first[at % first.length]!.uid))
          const now = before
            .filter(({ uid }) => !gone.has(uid))
            .map(({ uid, seen }) => listed(uid, seen !== turned.has(uid) ? ['seen'] : []))
          const { changed, left } = compareWindow(now, digest, ALL)

          for (const { uid } of now) {
            if (turned.has(uid)) expect(changed.map((each) => each.uid)).toContain(uid)
            expect(left?.(uid) ?? false).toBe(false)
          }
          for (const uid of gone) expect(left?.(uid)).toBe(true)
        },
      ),
    )
  })

  it('reports nothing outside of the window, even after the window has moved', () => {
    const { digest } = compareWindow([listed(5), listed(6), listed(70_000)], undefined, { from: 1, below: 70_001 })
    const { left } = compareWindow([listed(6)], digest, { from: 6, below: 50_000 })

    expect([5, 6, 7, 49_999, 50_000].map((uid) => left?.(uid))).toEqual([false, false, true, true, false])
  })

  it('treats a message marked for deletion as removed', () => {
    const { digest } = compareWindow([listed(5), listed(6)], undefined, ALL)
    const { changed, left } = compareWindow([listed(5), listed(6, [], true)], digest, ALL)

    expect(changed.map(({ uid }) => uid)).toEqual([5])
    expect(left?.(6)).toBe(true)
  })
})
