import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** Largest file, and largest width and height in pixels. */
export const MOST_LOGO_BYTES = 100_000
const MOST_PIXELS = 512
/** Samples of a pixel by color type (PNG §11.2.1), and allowed bits of a sample. */
const COLOR_TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
}

/**
 * Encodes a PNG again from its pixels: without text, profiles, animation and anything behind its end. Returns undefined for
 * everything else than a plain PNG of at most 512 × 512 pixels.
 *
 * @see https://www.w3.org/TR/png-3/
 */
export function cleanPng(file: Buffer): Buffer | undefined {
  if (file.length > MOST_LOGO_BYTES || !file.subarray(0, 8).equals(SIGNATURE)) return undefined
  const chunks = readChunks(file)
  const header = chunks?.[0]?.type === 'IHDR' ? chunks[0].data : undefined
  if (!chunks || header?.length !== 13) return undefined
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const [depth, colorType, compression, filter, interlace] = [...header.subarray(8)]
  const color = COLOR_TYPES[colorType!]
  if (width === 0 || height === 0 || width > MOST_PIXELS || height > MOST_PIXELS) return undefined
  if (!color?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace !== 0) return undefined
  const lineBytes = 1 + Math.ceil((width * color.samples * depth!) / 8)
  const pixels = inflate(only(chunks, 'IDAT'), lineBytes * height)
  if (!pixels || !hasValidFilters(pixels, lineBytes)) return undefined
  const palette = only(chunks, 'PLTE')
  if (colorType === 3 && (palette.length === 0 || palette.length > 768 || palette.length % 3 !== 0)) return undefined
  const transparency = only(chunks, 'tRNS')
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...(colorType === 3 ? [chunk('PLTE', palette)] : []),
    ...(transparency.length > 0 && transparency.length <= 256 && colorType! < 4 ? [chunk('tRNS', transparency)] : []),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

interface Chunk {
  type: string
  data: Buffer
}

/** The chunks up to IEND; undefined for a damaged file. */
function readChunks(file: Buffer): Chunk[] | undefined {
  const chunks: Chunk[] = []
  for (let at = 8; at + 12 <= file.length;) {
    const end = at + 8 + file.readUInt32BE(at)
    if (end + 4 > file.length) return undefined
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) return undefined
    const type = file.toString('latin1', at + 4, at + 8)
    if (type === 'IEND') return chunks
    chunks.push({ type, data: file.subarray(at + 8, end) })
    at = end + 4
  }
  return undefined
}

function only(chunks: readonly Chunk[], type: string): Buffer {
  return Buffer.concat(chunks.filter((each) => each.type === type).map(({ data }) => data))
}

/** The pixels, if there are exactly as many as the header says: a small file can't fill the memory. */
function inflate(packed: Buffer, bytes: number): Buffer | undefined {
  try {
    const pixels = inflateSync(packed, { maxOutputLength: bytes })
    return pixels.length === bytes ? pixels : undefined
  } catch {
    return undefined
  }
}

function hasValidFilters(pixels: Buffer, lineBytes: number): boolean {
  for (let at = 0; at < pixels.length; at += lineBytes) if (pixels[at]! > 4) return false
  return true
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
