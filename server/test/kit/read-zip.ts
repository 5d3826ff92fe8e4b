import { inflateRawSync } from 'node:zlib'

/** Texts in a ZIP file by their names, read by its central directory (APPNOTE 4.3.12, 4.3.16). */
export function readZip(zip: Buffer): Record<string, string> {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'))
  const entries: Record<string, string> = {}
  let at = zip.readUInt32LE(end + 16)
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const [method, size, nameLength, extra, comment] = [
      ...[zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)],
      ...[zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)],
    ] as [number, number, number, number, number]
    const local = zip.readUInt32LE(at + 42)
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(from, from + size)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    entries[name] = (method === 8 ? inflateRawSync(packed) : packed).toString()
    at += 46 + nameLength + extra + comment
  }
  return entries
}
