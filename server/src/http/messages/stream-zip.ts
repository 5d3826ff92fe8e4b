import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { closeBytes } from './opened-bytes.ts'

export type ZipSource = Buffer | AsyncIterable<Uint8Array>

export interface ZipEntry {
  name: string
  mtime?: Date
  /** Default: true. */
  compress?: boolean
  /**
   * @param bytesBefore  size of the content of all entries before this one
   * @returns undefined if the entry is left out
   */
  open: (bytesBefore: number) => Promise<ZipSource | undefined>
}

interface OpenEntry extends ZipEntry {
  source: ZipSource
}

/**
 * Starts a ZIP file. One entry at a time is read and in memory. Each opened entry is closed, even if the recipient leaves
 * while it is being opened; no further one is opened then.
 *
 * An entry that fails ends the file without its end mark: the browser reports a failed download.
 *
 * @throws the error of the first entry, so that an unavailable mailbox gets an error response
 */
export async function streamZip(entries: Iterable<ZipEntry>): Promise<Readable> {
  const zip = new ZipFile()
  const out = new PassThrough()
  const remaining = entries[Symbol.iterator]()
  let bytes = 0
  let current: Readable | undefined
  const first = await openNext()
  zip.outputStream.pipe(out)
  zip.on('error', (error: Error) => out.destroy(error))
  out.once('close', () => current?.destroy())
  void fill(first).catch((error: unknown) => out.destroy(error as Error))
  return out

  async function fill(begun: OpenEntry | undefined): Promise<void> {
    for (let entry = begun; entry; entry = await openNext()) {
      try {
        if (out.destroyed) return
        await add(entry)
        if (!current!.readableEnded) return
      } finally {
        // The stream closes the source only if it has begun to read it.
        await closeBytes(entry.source)
      }
    }
    zip.end()
  }

  async function add({ name, mtime, compress, source }: OpenEntry): Promise<void> {
    current = Readable.from(counted(source))
    zip.addReadStream(current, name, { ...(mtime && { mtime }), ...(compress !== undefined && { compress }) })
    // Rejects with the error of the source.
    await once(current, 'close')
  }

  async function openNext(): Promise<OpenEntry | undefined> {
    while (!out.destroyed) {
      const next = remaining.next()
      if (next.done) return undefined
      const source = await next.value.open(bytes)
      if (source) return { ...next.value, source }
    }
    return undefined
  }

  async function* counted(source: ZipSource): AsyncIterable<Uint8Array> {
    for await (const piece of Buffer.isBuffer(source) ? [source] : source) {
      bytes += piece.length
      yield piece
    }
  }
}
