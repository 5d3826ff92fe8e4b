import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates a folder in the temp directory. Its mode lets servers that drop root privileges traverse it. */
export function createDataFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `postkey-${name}-`))
  chmodSync(folder, 0o711)
  return folder
}

export function removeDataFolder(folder: string): void {
  // A child process of the server may still write its last log line while the folder is deleted.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

/** Text of a log file; empty if the file does not exist yet. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
