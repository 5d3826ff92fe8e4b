import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countFields, fieldValue, makeField, readMessage, withoutFields, writeMessage } from './message-header.ts'

const message = (text: string) => readMessage(Buffer.from(text, 'latin1'))

describe('the raw header of a message', () => {
  it('is read and written unchanged', () => {
    const text = 'Received: a\r\n\tb\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nX: 1\r\n\r\nbody\r\n\r\nmore'

    expect(writeMessage(message(text)).toString('latin1')).toBe(text)
  })

  it('gets CRLF in a message with other line ends', () => {
    expect(writeMessage(message('A: 1\nB: 2\n\nx\ny\rz')).toString()).toBe('A: 1\r\nB: 2\r\n\r\nx\r\ny\r\nz')
  })

  it('has unfolded values, case-insensitive names and repeated fields', () => {
    const { fields } = message('received: a\r\nReceived: b\r\n  c\r\n\r\n')

    expect(countFields(fields, 'Received')).toBe(2)
    expect(fieldValue(withoutFields(fields, /^received$/), 'RECEIVED')).toBe('b  c')
  })

  it('drops lines that are not fields, and keeps their folds with the field before', () => {
    expect(message(' fold of nothing\r\nno field here\r\nA: 1\r\n 2\r\n\r\n').fields).toEqual([
      { name: 'A', raw: 'A: 1\r\n 2' },
    ])
  })

  it('is empty for a message with only a body', () => {
    expect(message('\r\nhello').body.toString()).toBe('hello')
    expect(message('').body.toString()).toBe('')
  })

  it('folds a long field at its spaces and keeps any value from adding a field', () => {
    const { raw } = makeField('Received', 'from '.repeat(40) + '\r\nBcc: spy@evil.example')

    expect(Math.max(...raw.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(78)
    expect(message(`${raw}\r\n\r\n`).fields).toHaveLength(1)
  })

  it('reads any bytes, and reads its own output', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const once = writeMessage(readMessage(bytes))
        expect(writeMessage(readMessage(once)).equals(once)).toBe(true)
      }),
      { numRuns: 1000 },
    ))

  it('keeps every body byte of a message with CRLF', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.from(bytes).filter((byte) => byte !== 10 && byte !== 13)
        const mime = Buffer.concat([Buffer.from('A: 1\r\n\r\n'), body])
        expect(readMessage(mime).body.equals(Buffer.from(body))).toBe(true)
      }),
    ))
})
