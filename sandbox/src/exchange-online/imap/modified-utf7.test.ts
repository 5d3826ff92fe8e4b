import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf7, encodeUtf7 } from './modified-utf7.ts'

describe('folder names in modified UTF-7', () => {
  it.each([
    ['Entwürfe', 'Entw&APw-rfe'],
    ['R&D', 'R&-D'],
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['INBOX', 'INBOX'],
  ])('turns %s into %s', (name, wire) => {
    expect(encodeUtf7(name)).toBe(wire)
    expect(decodeUtf7(wire)).toBe(name)
  })

  it.each(['&', '&AA', '&AA-', '&APw', '&!-', '&AAo-', '&2AA-'])('%s is invalid', (wire) => {
    expect(decodeUtf7(wire)).toBeUndefined()
  })

  it('are accepted as UTF-8, too', () => {
    expect(decodeUtf7(Buffer.from('Entwürfe').toString('latin1'))).toBe('Entwürfe')
  })

  it('are unchanged after encoding and decoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        fc.pre(name.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(name))
        expect(encodeUtf7(name)).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeUtf7(encodeUtf7(name))).toBe(name)
      }),
    )
  })
})
