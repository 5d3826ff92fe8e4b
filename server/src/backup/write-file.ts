import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
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
 * @throws {AppError} `backup.file_exists`, `backup.write_failed` for a missing folder
 */
export async function chooseFile(target: string, at: Date, isEncrypted: boolean): Promise<string> {
  const path = resolve(target)
  const isFolder = (await kindOf(path)) === 'folder'
  if (!isFolder && (target.endsWith('/') || target.endsWith(sep))) {
    throw new AppError('backup.write_failed', { cause: new Error(`${path} is not a folder`) })
  }
  const file = isFolder ? join(path, nameOf(at, isEncrypted)) : path
  if (await kindOf(file)) throw new AppError('backup.file_exists', { detail: file, cause: new Error(file) })
  return file
}

/** Name of a backup in a folder. */
export function nameOf(at: Date, isEncrypted: boolean): string {
  return `postkey-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.backup.zst${isEncrypted ? '.age' : ''}`
}

/** @throws {AppError} `backup.write_failed` */
async function kindOf(path: string): Promise<'folder' | 'file' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new AppError('backup.write_failed', { cause })
  }
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
    await finish(unfinished, path)
    await syncFolder(dirname(path))
    return { content: content!, sizeBytes: file.bytesWritten }
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw isOfFileSystem(error) ? new AppError('backup.write_failed', { cause: error }) : error
  }
}

/**
 * Gives a complete file its name. A file that got this name meanwhile stays, where the file system has hard links.
 *
 * @throws {AppError} `backup.file_exists`
 */
async function finish(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path)
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST' || (await kindOf(path))) throw new AppError('backup.file_exists', { cause })
    await rename(unfinished, path)
    return
  }
  await rm(unfinished)
}

/** Puts the name on the disk, too. Some file systems, and Windows, can't do it. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    if (!NOT_SUPPORTED.has(codeOf(error) ?? '')) throw error
  }
}

const NOT_SUPPORTED = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EACCES', 'EISDIR', 'EBADF'])

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && !(error instanceof AppError) && 'syscall' in error
}
