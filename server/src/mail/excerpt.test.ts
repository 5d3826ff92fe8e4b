import { describe, expect, it } from 'vitest'
import { createExcerpt, hasMarked } from './excerpt.ts'

const word = (text: string) => [{ words: [text], isPhrase: false }]

describe('an excerpt', () => {
  it('begins shortly before the first word, at a space, in one line', () => {
    const content = `Good morning,\n\n${'we have waited for a long time. '.repeat(20)}The Lampshade\n is broken.`
    const excerpt = createExcerpt({ type: 'text', content }, word('lamps'))
    expect(excerpt).toBe('… we have waited for a long time. The Lampshade is broken.')
  })

  it('has the text of HTML without markup, at most 240 characters and a mark', () => {
    const content = `<p>See <b>in&shy;voice</b> &amp; offer</p><p>${'x'.repeat(1000)}</p>`
    const excerpt = createExcerpt({ type: 'html', content }, word('offer'))!
    expect(excerpt).toMatch(/^See invoice & offer x+$/)
    expect(excerpt.length).toBeLessThanOrEqual(242)
  })

  it('finds words of a phrase in this order only, and a beginning only at the beginning of a word', () => {
    const body = { type: 'text', content: 'red, wine and cranberry' } as const
    expect(createExcerpt(body, [{ words: ['red', 'wine'], isPhrase: true }])).toBeDefined()
    expect(createExcerpt(body, [{ words: ['wine', 'red'], isPhrase: true }])).toBeUndefined()
    expect(createExcerpt(body, [{ words: ['red', 'win'], isPhrase: true }])).toBeUndefined()
    expect(createExcerpt(body, word('berry'))).toBeUndefined()
    expect(createExcerpt(body, [])).toBeUndefined()
  })

  it('marks a file name', () => {
    expect(hasMarked('Report_2026.pdf', word('2026'))).toBe(true)
    expect(hasMarked('Report.pdf', word('2026'))).toBe(false)
  })
})
