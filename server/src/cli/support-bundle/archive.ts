import { open } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { AppError } from '../../kernel/errors.ts'

export interface ArchivedFile {
  name: string
  text: string
}

/**
 * Writes a ZIP file that only its owner can read.
 *
 * @returns its size in bytes
 * @throws {AppError} `cli.file_exists`, `cli.write_failed`
 */
export async function writeArchive(path: string, files: readonly ArchivedFile[], mtime: Date): Promise<number> {
  const zip = new ZipFile()
  for (const { name, text } of files) zip.addBuffer(Buffer.from(text), name, { mtime })
  zip.end()
  const bytes = await buffer(zip.outputStream)
  try {
    const handle = await open(path, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    if (exists) throw new AppError('cli.file_exists', { detail: path, cause })
    throw new AppError('cli.write_failed', { detail: path, cause })
  }
  return bytes.length
}
