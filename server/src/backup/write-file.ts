import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import type { BackupContent } from './format.ts'
import { withFrames } from './frames.ts'

const CHUNK_BYTES = 256 * 1024
/**
 * Level 1 writes binary data, which COPY shows in hexadecimal, at 600 MB/s into half the size. Level 3 needs ten times
 * as long for it and saves nothing.
 */
const PARAMETERS = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 }

/**
 * Path of a new backup: `target`, or a name with the time if it is a folder.
 *
 * @throws {AppError} `backup.file_exists`
 */
export function chooseFile(target: string, at: Date, isEncrypted: boolean): string {
  const path = resolve(target)
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  const name = `postkey-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.backup.zst${isEncrypted ? '.age' : ''}`
  const file = isFolder ? join(path, name) : path
  if (existsSync(file)) throw new AppError('backup.file_exists', { cause: new Error(file) })
  return file
}

export interface WriteOptions {
  encrypt?: ((content: AsyncIterable<Buffer>) => AsyncIterable<Buffer>) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Writes a backup file, readable only by its owner. It has its name as soon as it is complete and on the disk; until
 * then, and after an error, it does not exist.
 *
 * @throws {AppError} `backup.write_failed`, and the errors of `text`
 */
export async function writeFile(
  path: string,
  text: AsyncGenerator<Buffer, BackupContent, undefined>,
  { encrypt, signal }: WriteOptions,
): Promise<{ content: BackupContent; sizeBytes: number }> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.partial`)
  let content: BackupContent | undefined
  try {
    const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(
      async function* () {
        content = yield* text
      },
      createZstdCompress({ chunkSize: CHUNK_BYTES, params: PARAMETERS }),
      (compressed: AsyncIterable<Buffer>) => (encrypt ? encrypt(withFrames(compressed)) : withFrames(compressed)),
      file,
      ...(signal ? [{ signal }] : []),
    )
    await rename(unfinished, path)
    await syncFolder(dirname(path))
    return { content: content!, sizeBytes: file.bytesWritten }
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw isOfFileSystem(error) ? new AppError('backup.write_failed', { cause: error }) : error
  }
}

/** Puts the name on the disk, too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && !(error instanceof AppError) && 'syscall' in error
}
