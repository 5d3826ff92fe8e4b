import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkContent, limitsOn, requestHash } from './outgoing-content.ts'
import type { SubmissionContent, SubmissionRequest } from './submission.ts'

const LIMITS = limitsOn({ messageBytes: 1e9, attachmentBytes: 1000 })
const LETTER: SubmissionContent = {
  to: [{ name: 'Carla', address: 'carla@customer.example' }],
  cc: [],
  bcc: [],
  subject: 'Hello',
  text: 'Hello.',
  attachments: [],
}

const file = (sizeBytes: number, name = 'a.txt') => ({
  ...{ name, contentType: 'text/plain', isInline: false, content: Buffer.alloc(sizeBytes) },
})

function refusal(change: Partial<SubmissionContent>): { code?: string; detail?: string } {
  try {
    checkContent({ ...LETTER, ...change }, LIMITS)
    return {}
  } catch (error) {
    return error as { code: string }
  }
}

describe('a valid message', () => {
  it('has a recipient in To, Cc or Bcc', () => {
    expect(refusal({})).toEqual({})
    expect(refusal({ to: [], bcc: LETTER.to })).toEqual({})
    expect(refusal({ to: [] })).toMatchObject({ code: 'submission.no_recipient' })
  })

  it.each([
    'carla',
    'carla@',
    '@customer.example',
    'a b@customer.example',
    'a@b@c',
    '<a@b.example>',
    'a@b.example,c@d.example',
    '',
  ])('has no recipient such as "%s"', (address) => {
    expect(refusal({ cc: [{ name: '', address }] })).toMatchObject({ code: 'submission.recipient_malformed' })
  })

  it('may have addresses with international or uncommon characters', () => {
    const to = ['jörg@müller.example', "o'neil+tag@customer.example", 'x@sub-domain.customer.example']
    expect(refusal({ to: to.map((address) => ({ name: '', address })) })).toEqual({})
  })

  it('has no line break in any text of a header field', () => {
    const broken = fc
      .tuple(fc.string(), fc.constantFrom('\r', '\n', '\r\n', '\0', '\u2028', '\u0085'), fc.string())
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(broken, (text) => {
        for (const change of [
          { subject: text },
          { to: [{ name: text, address: 'carla@customer.example' }] },
          { to: [{ name: '', address: `${text}@customer.example` }] },
          { attachments: [file(1, text)] },
          { attachments: [{ ...file(1), contentType: text }] },
          { attachments: [{ ...file(1), contentId: text }] },
        ]) {
          expect(refusal(change).code).toBe('submission.line_break')
        }
      }),
    )
  })

  it('stays within the size limits of the protocol, and the error names the exceeded limit', () => {
    expect(refusal({ attachments: [file(1000)] })).toEqual({})
    expect(refusal({ attachments: [file(1001, 'film.mp4')] })).toMatchObject({
      code: 'submission.too_large',
      detail: 'film.mp4: at most 0.0 MB',
    })
    expect(refusal({ html: 'x'.repeat(LIMITS.bodyBytes) })).toMatchObject({ code: 'submission.too_large' })
    expect(refusal({ attachments: Array.from({ length: 251 }, () => file(1)) })).toMatchObject({
      code: 'submission.too_large',
      detail: 'at most 250 attachments',
    })
    const limits = { ...LIMITS, messageBytes: 100 }
    expect(() => checkContent({ ...LETTER, attachments: [file(60), file(60)] }, limits)).toThrow('larger')
  })

  it('has at most 500 recipients', () => {
    const many = (count: number) => Array.from({ length: count }, () => LETTER.to[0]!)
    expect(refusal({ to: many(250), bcc: many(250) })).toEqual({})
    expect(refusal({ to: many(250), bcc: many(251) })).toMatchObject({ code: 'submission.too_many_recipients' })
  })
})

describe('the hash of a request', () => {
  it('is equal for equal requests and differs for all others', () => {
    const request = { content: LETTER } as SubmissionRequest
    const others: SubmissionContent[] = [
      { ...LETTER, text: 'Hello!' },
      { ...LETTER, html: 'Hello.', text: undefined },
      { ...LETTER, to: [], bcc: LETTER.to },
      { ...LETTER, attachments: [file(1)] },
      { ...LETTER, attachments: [file(2)] },
    ]

    const hashes = others.map((content) => requestHash({ ...request, content }).toString('hex'))

    expect(requestHash(structuredClone(request))).toEqual(requestHash(request))
    expect(new Set([...hashes, requestHash(request).toString('hex')]).size).toBe(6)
  })
})
