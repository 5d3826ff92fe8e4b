const COMPRESSED = 0x75465a4c
const PLAIN = 0x414c454d
const START =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans ' +
  'SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'
const WINDOW = 4096
/** Maximum unpacked bytes. Ordinary messages stay below; content that unpacks to more is an attack. */
const MOST_BYTES = 20 * 1024 * 1024

/** Decompresses RTF in Exchange's form: LZ77 with a prefilled dictionary ([MS-OXRTFCP] §2.2). */
export function decompressRtf(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 16) return undefined
  const rawSize = Math.min(bytes.readUInt32LE(4), MOST_BYTES)
  const kind = bytes.readUInt32LE(8)
  if (kind === PLAIN) return bytes.subarray(16, 16 + rawSize)
  if (kind !== COMPRESSED) return undefined

  const window = Buffer.alloc(WINDOW)
  let write = window.write(START, 'latin1')
  const out = Buffer.alloc(rawSize)
  let [at, length] = [16, 0]
  const put = (byte: number) => {
    if (length < rawSize) out[length++] = byte
    window[write] = byte
    write = (write + 1) % WINDOW
  }
  while (at < bytes.length && length < rawSize) {
    const control = bytes[at++]!
    for (let bit = 0; bit < 8 && at < bytes.length && length < rawSize; bit++) {
      if ((control & (1 << bit)) === 0) {
        put(bytes[at++]!)
        continue
      }
      if (at + 1 >= bytes.length) return out.subarray(0, length)
      const reference = bytes.readUInt16BE(at)
      at += 2
      const offset = reference >> 4
      if (offset === write) return out.subarray(0, length)
      for (let copied = 0; copied < (reference & 15) + 2; copied++) put(window[(offset + copied) % WINDOW]!)
    }
  }
  return out.subarray(0, length)
}
