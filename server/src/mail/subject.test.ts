import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureGrowth, LINEAR } from '../../test/kit/index.ts'
import { forwardSubject, normalizeSubject, replySubject } from './subject.ts'

describe('a subject', () => {
  it.each([
    ['Re: Order', 'Order'],
    ['RE: AW: WG: Fwd: Order', 'Order'],
    ['Re[2]: Order', 'Order'],
    ['Re(3): Order', 'Order'],
    ['RE : Order', 'Order'],
    ['SV: VS: Antw: TR: RIF: Odp: Order', 'Order'],
    ['回复：Order', 'Order'],
    ['転送: Order', 'Order'],
    ['  Re:   Order\r\n of  May ', 'Order of May'],
    ['[list] Re: Order', '[list] Re: Order'],
    ['Reference: 7', 'Reference: 7'],
    ['Award: yours', 'Award: yours'],
    ['Order re: 7', 'Order re: 7'],
    ['Re:', 'Re:'],
    ['', ''],
  ])('is normalized by removing marks: %j becomes %j', (subject, bare) => {
    expect(normalizeSubject(subject)).toBe(bare)
  })

  it('is the same after normalization, however many marks it has', () => {
    const mark = fc.constantFrom('Re: ', 'AW: ', 'WG: ', 'FW:', 'Fwd: ', 'Re[4]: ', 'RV: ')
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 20 }), fc.stringMatching(/^Order [a-z ]{0,20}x$/), (marks, subject) => {
        expect(normalizeSubject(marks.join('') + subject)).toBe(normalizeSubject(subject))
      }),
    )
  })

  it('has one mark in a reply and in a forward', () => {
    expect(replySubject('AW: Re: Order')).toBe('Re: Order')
    expect(forwardSubject('Re: Order')).toBe('Fwd: Order')
    expect(replySubject('')).toBe('Re:')
  })

  it.each<[string, (length: number) => string]>([
    ['marks', (length) => 'Re[1]: '.repeat(length / 7)],
    ['spaces after a mark', (length) => `Re${' '.repeat(length)}x`],
  ])('is normalized in time proportional to its length: %s', (_, subject) => {
    expect(measureGrowth((length) => normalizeSubject(subject(length)))).toBeLessThan(LINEAR)
  })
})
