import { open, type FileHandle } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { AGE_LINE, decrypt } from './encryption.ts'
import { FIRST_FRAME, LAST_FRAME, type BackupContent } from './format.ts'
import { withoutFrames } from './frames.ts'
import { readText, type BackupSink } from './read-text.ts'

const CHUNK_BYTES = 64 * 1024

export interface ReadOptions {
  /** Private keys of age, for an encrypted backup. */
  identities?: readonly Secret[] | undefined
  signal?: AbortSignal | undefined
  /** Called with the bytes of the file read so far, and its size. */
  onRead?: ((bytes: number, of: number) => void) | undefined
}

/**
 * Reads a backup file to its end, and verifies it meanwhile.
 *
 * @throws {AppError} `backup.file_unreadable`, `backup.identity_missing`, and the errors of `decrypt` and `readText`
 */
export async function readFile(path: string, sink: BackupSink, options: ReadOptions = {}): Promise<BackupContent> {
  const { signal, onRead, identities = [] } = options
  const file = await openFile(path)
  try {
    const { size } = await file.stat()
    const isEncrypted = await has(file, AGE_LINE, 0)
    if (isEncrypted && identities.length === 0) throw new AppError('backup.identity_missing')
    if (!isEncrypted) await requireFrames(file, size)

    const source = file.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, autoClose: false })
    source.on('data', () => onRead?.(source.bytesRead, size))
    const text = createZstdDecompress({ chunkSize: CHUNK_BYTES })
    if (signal) addAbortSignal(signal, text)
    // An error of any part reaches the reader of the text.
    const feeding = pipeline(withoutFrames(isEncrypted ? decrypt(source, identities) : source), text)
    const fed = feeding.catch(() => undefined)
    try {
      return await readText(text, sink)
    } catch (error) {
      // Decompression and decryption report an error of the disk as damage.
      const cause = source.errored
      if (cause && 'syscall' in cause) throw new AppError('backup.file_unreadable', { cause })
      throw error
    } finally {
      source.destroy()
      text.destroy()
      await fed
    }
  } finally {
    await file.close()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r')
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (cause) {
    throw new AppError('backup.file_unreadable', { cause })
  }
  throw new AppError('backup.file_unreadable', { cause: new Error(`${path} is not a file`) })
}

/** Refuses a truncated file at once, without reading all of it. */
async function requireFrames(file: FileHandle, size: number): Promise<void> {
  if (!(await has(file, FIRST_FRAME, 0))) throw new AppError('backup.not_a_backup')
  if (await has(file, LAST_FRAME, size - LAST_FRAME.length)) return
  throw new AppError('backup.damaged', { cause: new Error('The end of the file is missing') })
}

async function has(file: FileHandle, content: Buffer, position: number): Promise<boolean> {
  if (position < 0) return false
  const { buffer } = await file
    .read(Buffer.alloc(content.length), 0, content.length, position)
    .catch((cause: unknown) => {
      throw new AppError('backup.file_unreadable', { cause })
    })
  return buffer.equals(content)
}
