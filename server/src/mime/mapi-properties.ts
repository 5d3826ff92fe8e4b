import { Findings } from './bounds.ts'
import { decodeText } from './charset.ts'

export interface MapiProperty {
  number: number | undefined
  /** Bytes of the first value. */
  bytes: Buffer | undefined
  isUnicode: boolean
}

const MULTI_VALUED = 0x1000
const OBJECT = 0x0d
const STRING8 = 0x1e
const UNICODE = 0x1f
const BINARY = 0x102
/** Bytes of the fixed-length types, with their padding ([MS-OXTNEF] §2.1.3.5, [MS-OXCDATA] §2.11.1). */
const LENGTHS: Readonly<Record<number, number>> = { 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0a: 4, 0x0b: 4, 0x14: 8, 0x40: 8, 0x48: 16 } // prettier-ignore
const MOST_PROPERTIES = 2000
const MOST_VALUES = 1000

/**
 * Reads a counted set of MAPI properties by their id; named ones are skipped. Stops when a length exceeds the input.
 */
export function readProperties(bytes: Buffer): { found: Map<number, MapiProperty>; broken: boolean } {
  const found = new Map<number, MapiProperty>()
  let at = 4
  const left = (length: number) => length >= 0 && at + length <= bytes.length
  const count = bytes.length >= 4 ? Math.min(bytes.readUInt32LE(0), MOST_PROPERTIES) : 0
  for (let index = 0; index < count; index++) {
    if (!left(4)) return { found, broken: true }
    const [type, id] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)]
    at += 4
    if (id >= 0x8000) {
      if (!left(24)) return { found, broken: true }
      const kind = bytes.readUInt32LE(at + 16)
      const nameLength = kind === 0 ? 0 : padded(bytes.readUInt32LE(at + 20))
      at += 24
      if (!left(nameLength)) return { found, broken: true }
      at += nameLength
    }
    const base = type & ~MULTI_VALUED
    const varies = base === STRING8 || base === UNICODE || base === BINARY || base === OBJECT
    const length = LENGTHS[base]
    if (!varies && length === undefined) return { found, broken: true }
    let values = 1
    if (varies || type !== base) {
      if (!left(4)) return { found, broken: true }
      values = bytes.readUInt32LE(at)
      at += 4
      if (values > MOST_VALUES) return { found, broken: true }
    }
    for (let value = 0; value < values; value++) {
      let size = length ?? 0
      if (varies) {
        if (!left(4)) return { found, broken: true }
        size = bytes.readUInt32LE(at)
        at += 4
      }
      if (!left(size)) return { found, broken: true }
      const content = bytes.subarray(at, at + size)
      at += varies ? padded(size) : size
      if (value > 0 || id >= 0x8000) continue
      found.set(id, {
        number: !varies && size >= 4 ? content.readUInt32LE(0) : undefined,
        bytes: varies ? content : undefined,
        isUnicode: base === UNICODE,
      })
    }
  }
  return { found, broken: false }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}

/** Decodes bytes in a Windows code page, without the trailing zero. */
export function decodeCodePage(bytes: Buffer, codePage: number): string {
  const end = bytes.indexOf(0)
  const label = codePage === 65001 ? 'utf-8' : codePage === 20127 ? '' : (PAGES[codePage] ?? `windows-${codePage}`)
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end), label, new Findings())
}

const PAGES: Readonly<Record<number, string>> = { 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 28591: 'iso-8859-1', 50220: 'iso-2022-jp' } // prettier-ignore
