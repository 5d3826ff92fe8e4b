import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cleanPng } from './clean-png.ts'

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(data.length)
  numbers.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)])
}

interface Parts {
  width?: number
  height?: number
  interlace?: number
  pixels?: Buffer
  more?: Buffer[]
}

function png({ width = 2, height = 2, interlace = 0, pixels = Buffer.alloc(height * 7), more = [] }: Parts = {}) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, interlace], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

describe('a logo', () => {
  it('is encoded again from its pixels: what else is in the file is left out', () => {
    const hidden = [chunk('tEXt', Buffer.from('Comment\0<script>')), chunk('iCCP', Buffer.from('profile'))]
    const file = Buffer.concat([png({ more: hidden }), Buffer.from('<script>alert(1)</script>')])
    const cleaned = cleanPng(file)
    expect(cleaned).toEqual(png())
    expect(cleaned!.toString('latin1')).not.toContain('script')
    expect(cleanPng(cleaned!)).toEqual(cleaned)
  })

  it.each([
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['JPEG', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['nothing', Buffer.alloc(0)],
    ['a cut file', png().subarray(0, 60)],
    ['a wrong checksum', Buffer.from(png()).fill(0, 20, 21).fill(9, 19, 20)],
    ['too wide', png({ width: 513, height: 1, pixels: Buffer.alloc(1 + 513 * 3) })],
    ['interlaced', png({ interlace: 1 })],
    ['more pixels than its header says', png({ pixels: Buffer.alloc(5_000_000) })],
    ['fewer pixels than its header says', png({ pixels: Buffer.alloc(7) })],
    ['a line with an unknown filter', png({ pixels: Buffer.alloc(14, 5) })],
  ])('is refused: %s', (_case, file) => expect(cleanPng(file)).toBeUndefined())
})
