import { describe, expect, it } from 'vitest'
import type { StateSpan } from './health.ts'
import { findGaps } from './gaps.ts'

const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)
const span = (from: string, to: string) => ({ from: at(from), to: at(to) })
const state = (from: string, to: string, name: StateSpan['state']): StateSpan => ({
  ...span(from, to),
  state: name,
  reason: undefined,
})
const DAY = span('00:00', '20:00')

describe('gaps', () => {
  it('are periods between two proofs of life, and from the last one until now', () => {
    const lives = [span('00:00', '06:00'), span('08:00', '19:00')]
    expect(findGaps(lives, [], DAY)).toEqual([span('06:00', '08:00'), span('19:00', '20:00')])
  })

  it('are not reported while the next proof is not yet due', () => {
    expect(findGaps([span('00:00', '19:50')], [], DAY)).toEqual([])
    expect(findGaps([span('00:00', '19:49')], [], DAY)).toEqual([span('19:49', '20:00')])
  })

  it('are cut to the day and start at the last proof before it', () => {
    const lives = [{ from: new Date('2026-02-27T00:00:00Z'), to: new Date('2026-03-01T22:00:00Z') }]
    expect(findGaps([...lives, span('09:00', '20:00')], [], DAY)).toEqual([span('00:00', '09:00')])
  })

  it('are not reported without any proof, nor while no mail is expected', () => {
    expect(findGaps([], [], DAY)).toEqual([])
    const states = [
      state('06:00', '07:00', 'connected'),
      state('07:00', '09:00', 'paused'),
      state('09:00', '09:05', 'connecting'),
    ]
    expect(findGaps([span('00:00', '06:58'), span('09:05', '20:00')], states, DAY)).toEqual([])
  })

  it('are reported for a mailbox that waits for an action of an admin: no mail was read', () => {
    expect(findGaps([span('00:00', '06:00')], [state('06:00', '20:00', 'needs-sign-in')], DAY)).toEqual([
      span('06:00', '20:00'),
    ])
  })
})
