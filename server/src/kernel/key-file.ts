import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from './errors.ts'
import { createKeyRing, type EncryptionKey, type KeyRecords, type KeyRing, makeEncryptionKey } from './key-ring.ts'

const LINE = /^([\w-]{1,40}) ([A-Za-z0-9+/]{43}=)$/

/**
 * Opens the key ring of a file with one key per line, `id base64`, the current one first. The file lies outside the
 * data folder and its backups.
 *
 * A missing file is created only while no rows are sealed. A new key couldn't open sealed rows and would hide that the
 * right key is lost. The exception is when an admin has given up all previous keys.
 *
 * @throws {AppError} `kernel.key_missing`
 */
export async function openKeyFile(path: string, records: KeyRecords): Promise<KeyRing> {
  const text = await readOrMake(path, records)
  const keys = parseKeyFile(text)
  const [current] = keys
  if (!current) throw new AppError('kernel.key_missing', { cause: new TypeError(`no key in ${path}`) })
  return createKeyRing(keys, current.id)
}

export function parseKeyFile(text: string): EncryptionKey[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.map((line, index) => {
    const [, id, base64] = LINE.exec(line) ?? []
    if (id === undefined || base64 === undefined) {
      // The line itself is not repeated: it may be a key with a typo.
      throw new AppError('kernel.key_wrong', { cause: new TypeError(`key ${index + 1} of the key file is malformed`) })
    }
    return { id, key: Buffer.from(base64, 'base64') }
  })
}

async function readOrMake(path: string, records: KeyRecords): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const known = await records.list()
    if (known.some(({ isGivenUp }) => !isGivenUp)) throw new AppError('kernel.key_missing', { cause: error })
  }
  const { id, key } = makeEncryptionKey()
  const text = `# Keys of Postkey. Keep a copy apart from the backups of the data.\n${id} ${key.toString('base64')}\n`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    // `wx`: if two processes start at once, one creates the file and the other reads it.
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readFile(path, 'utf8')
    throw error
  }
}
