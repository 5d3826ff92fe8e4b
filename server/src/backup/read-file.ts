import { open, type FileHandle } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import { FIRST_FRAME, LAST_FRAME, type BackupContent } from './format.ts'
import { readText, type BackupSink } from './read-text.ts'

const CHUNK_BYTES = 256 * 1024

export interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Called with the bytes of the file read so far, and its size. */
  onRead?: ((bytes: number, of: number) => void) | undefined
}

/**
 * Reads a backup file to its end, and verifies it meanwhile.
 *
 * @throws {AppError} `backup.file_unreadable`, and the errors of `readText`
 */
export async function readFile(path: string, sink: BackupSink, options: ReadOptions = {}): Promise<BackupContent> {
  const { signal, onRead } = options
  const file = await openFile(path)
  try {
    const { size } = await file.stat()
    const end = size - LAST_FRAME.length
    if (!(await hasFrame(file, FIRST_FRAME, 0))) throw new AppError('backup.not_a_backup')
    if (!(await hasFrame(file, LAST_FRAME, end))) {
      throw new AppError('backup.damaged', { cause: new Error('The end of the file is missing') })
    }
    const range = { start: FIRST_FRAME.length, end: end - 1 }
    const source = file.createReadStream({ ...range, highWaterMark: CHUNK_BYTES, autoClose: false })
    const text = createZstdDecompress({ chunkSize: CHUNK_BYTES })
    if (signal) addAbortSignal(signal, text)
    source.on('error', (error) => text.destroy(error))
    source.on('data', () => onRead?.(source.bytesRead, size))
    source.pipe(text)
    try {
      return await readText(text, sink)
    } finally {
      source.destroy()
      text.destroy()
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

async function hasFrame(file: FileHandle, frame: Buffer, position: number): Promise<boolean> {
  if (position < 0) return false
  const { buffer } = await file.read(Buffer.alloc(frame.length), 0, frame.length, position)
  return buffer.equals(frame)
}
