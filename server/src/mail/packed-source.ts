import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib'
import { promisify } from 'node:util'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** Fastest level that still halves a text: sources are written often and read seldom. */
const LEVEL = { [constants.ZSTD_c_compressionLevel]: 1 }
/** Size from which compression runs on another thread. Below it, the handover takes longer than the compression. */
const HANDED_OVER_BYTES = 256 * 1024

/**
 * Compresses the source of a message with zstd for storage. Blocks the calling thread, so call it on a thread that only
 * reads mail.
 */
export function packSourceHere(source: Uint8Array): Buffer {
  return zstdCompressSync(source, optionsFor(source))
}

export async function packSource(source: Uint8Array): Promise<Buffer> {
  return source.length < HANDED_OVER_BYTES ? packSourceHere(source) : compress(source, optionsFor(source))
}

export function unpackSource(packed: Uint8Array): Promise<Buffer> {
  return decompress(packed)
}

/** With a known input size, the compressor allocates memory for that size instead of the maximum. */
function optionsFor({ length }: Uint8Array) {
  return { params: LEVEL, pledgedSrcSize: length }
}
