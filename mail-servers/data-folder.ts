import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder under the temp directory. Servers that give up root must be able to pass through it. */
export function createDataFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `postkey-${name}-`))
  chmodSync(folder, 0o711)
  return folder
}

export function removeDataFolder(folder: string): void {
  // A child of the server may still write its last line while the folder goes.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

/** The text of a log; empty before its first line. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
