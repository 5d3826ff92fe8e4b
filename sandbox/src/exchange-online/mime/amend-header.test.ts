import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amendHeader } from './amend-header.ts'

const amend = (mime: string, fields: Record<string, string | undefined>) =>
  Buffer.from(amendHeader(Buffer.from(mime, 'latin1'), fields)).toString('latin1')

describe('amending the header of a message', () => {
  it.each([
    [
      'replaces a field where it stands, folds and all',
      'A: 1\r\nB:\r\n 2\r\nC: 3\r\n\r\nB: body',
      'A: 1\r\nB: new\r\nC: 3\r\n\r\nB: body',
    ],
    ['keeps the line breaks of the message', 'a: 1\nb: 2\nc: 3\n\nx\r\n', 'a: 1\nB: new\nc: 3\n\nx\r\n'],
    ['adds what was missing to the end of the header', 'A: 1\n\nx', 'A: 1\nB: new\n\nx'],
    ['adds to a message that is a header only', 'A: 1', 'A: 1\r\nB: new\r\n'],
    ['adds to a message without any header', '\r\nx', 'B: new\r\n\r\nx'],
    ['leaves one of several', 'B: 1\r\nb: 2\r\n\r\n', 'B: new\r\n\r\n'],
  ])('%s', (_what, mime, amended) => {
    expect(amend(mime, { B: 'new' })).toBe(amended)
  })

  it('removes fields', () => {
    expect(amend('A: 1\r\nB: 2\r\n\t3\r\nC: 4\r\n\r\nx', { B: undefined })).toBe('A: 1\r\nC: 4\r\n\r\nx')
  })

  it('changes only the header, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (body) => {
        const mime = Buffer.concat([Buffer.from('A: 1\r\nB: 2\r\n\r\n'), body])
        expect(Buffer.from(amendHeader(mime, { B: 'new' }))).toEqual(
          Buffer.concat([Buffer.from('A: 1\r\nB: new\r\n\r\n'), body]),
        )
      }),
    )
  })
})
