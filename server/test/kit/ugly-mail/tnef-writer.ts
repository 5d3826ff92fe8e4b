/** Writes winmail.dat as Outlook does ([MS-OXTNEF] §2.1.3). Independent of the code that reads it. */
const attribute = (level: number, id: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUInt8(level, 0)
  head.writeUInt32LE(id, 1)
  head.writeUInt32LE(content.length, 5)
  const sum = Buffer.alloc(2)
  sum.writeUInt16LE(content.reduce((total, byte) => (total + byte) & 0xffff, 0))
  return Buffer.concat([head, content, sum])
}
const number = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])

type Property = readonly [id: number, type: number, value: Buffer | number]

export function properties(...all: readonly Property[]): Buffer {
  const written = all.map(([id, type, value]) => {
    const tag = number((id << 16) | type)
    if (typeof value === 'number') return Buffer.concat([tag, number(value)])
    return Buffer.concat([tag, number(1), number(value.length), padded(value)])
  })
  return Buffer.concat([number(all.length), ...written])
}

export const UNICODE = 0x1f
export const BINARY = 0x102
const OBJECT = 0x0d
const LONG = 0x03

export const unicode = (text: string) => Buffer.from(`${text}\0`, 'utf16le')

export function tnef(...attributes: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt32LE(0x223e9f78)
  return Buffer.concat([head, ...attributes])
}

export function body(text: string): Buffer {
  return attribute(1, 0x0002800c, Buffer.from(`${text}\0`, 'latin1'))
}

export function html(text: string): Buffer {
  return attribute(1, 0x00069003, properties([0x3fde, LONG, 65001], [0x1013, BINARY, Buffer.from(text)]))
}

export function rtf(bytes: Buffer): Buffer {
  return attribute(1, 0x00069003, properties([0x1009, BINARY, bytes]))
}

export function file(name: string, content: Buffer): Buffer {
  return Buffer.concat([
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00018010, Buffer.from('SHORT~1.PDF\0', 'latin1')),
    attribute(2, 0x0006800f, content),
    attribute(2, 0x00069005, properties([0x3707, UNICODE, unicode(name)])),
  ])
}

export function message(name: string, inner: Buffer): Buffer {
  const object = Buffer.concat([Buffer.alloc(16), inner])
  return Buffer.concat([
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00069005, properties([0x3705, LONG, 5], [0x3001, UNICODE, unicode(name)], [0x3701, OBJECT, object])),
  ])
}
