import { describe, expect, it } from 'vitest'
import { createLine, LONGEST_DELAY_MS, noFindings, type Findings } from './line.ts'

const kept: Findings = { ...noFindings(), noticedMs: 20, explained: true }

describe('the line of a case', () => {
  it('is ok when the failure was reported and explained, and no mail is lost or doubled', () => {
    expect(line(kept)).toMatchObject({ case: 'dns-slow', promised: 'stays up', noticedMs: 20, ok: true })
    expect(line(kept)).not.toHaveProperty('faults')
  })

  it.each<[string, Partial<Findings>, number]>([
    ['lost mail', { lost: 1 }, 0],
    ['doubled mail', { doubled: 1 }, 0],
    ['a failure that is never reported', { noticedMs: null }, 0],
    ['a failure that is not explained', { explained: false }, 0],
    ['any other broken promise', { faults: ['the server ended'] }, 0],
    ['an event loop that stands still', {}, LONGEST_DELAY_MS + 1],
  ])('is not ok for %s', (_, findings, loopDelayMs) => {
    const { ok, faults } = line({ ...kept, ...findings }, loopDelayMs)
    expect(ok).toBe(false)
    expect(faults).toHaveLength(1)
  })
})

function line(findings: Findings, loopDelayMs = 0) {
  return createLine({ name: 'dns-slow', promised: 'stays up' }, findings, { loopDelayMs, seconds: 1 })
}
