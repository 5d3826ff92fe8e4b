import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib'
import { promisify } from 'node:util'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** The quickest level that still halves a text: sources are written often and read seldom. */
const LEVEL = { [constants.ZSTD_c_compressionLevel]: 1 }
/** Below, it takes longer to hand it to another thread than to do it. */
const HANDED_OVER_BYTES = 256 * 1024

/** The source of a message as it is kept: zstd. Holds up the thread that calls, so that is best one that only reads mail. */
export function packSourceHere(source: Uint8Array): Buffer {
  return zstdCompressSync(source, optionsFor(source))
}

export async function packSource(source: Uint8Array): Promise<Buffer> {
  return source.length < HANDED_OVER_BYTES ? packSourceHere(source) : compress(source, optionsFor(source))
}

export function unpackSource(packed: Uint8Array): Promise<Buffer> {
  return decompress(packed)
}

/** Told how much comes, the compressor takes memory for that and not for the most that could. */
function optionsFor({ length }: Uint8Array) {
  return { params: LEVEL, pledgedSrcSize: length }
}
