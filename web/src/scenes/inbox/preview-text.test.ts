import { describe, expect, it } from 'vitest'
import { previewText } from './preview-text.ts'

describe('the preview of a message', () => {
  it.each([
    ['Hello team, I ordered a kettle on Monday.', 'I ordered a kettle on Monday.'],
    ['Hi! It leaks.', 'It leaks.'],
    ['Sehr geehrte Damen und Herren, anbei die Rechnung.', 'anbei die Rechnung.'],
  ])('begins after the greeting: %s', (line, shown) => {
    expect(previewText(line)).toBe(shown)
  })

  it.each([
    ['Yes. On Mon, 3 Nov 2026 at 09:41, Ben wrote: > Does it leak?', 'Yes.'],
    ['Danke. Am 03.11.2026 um 09:41 schrieb Ben Okafor: > Tropft er?', 'Danke.'],
    ['See below. -----Original Message----- From: Ben', 'See below.'],
    ['Fine with me. > Is Monday possible?', 'Fine with me.'],
  ])('ends before the quotation: %s', (line, shown) => {
    expect(previewText(line)).toBe(shown)
  })

  it('is the whole line when there is nothing else', () => {
    expect(previewText('Hello team,')).toBe('Hello team,')
    expect(previewText('> Does it leak?')).toBe('> Does it leak?')
    expect(previewText('Hidden fees, on the other hand, are new.')).toBe('Hidden fees, on the other hand, are new.')
    expect(previewText('')).toBe('')
  })
})
