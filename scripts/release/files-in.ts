import { globSync } from 'node:fs'
import { join } from 'node:path'

/** Files below a folder, by their path in it, sorted. */
export function filesIn(folder: string, patterns: readonly string[] = ['**/*']): string[] {
  return globSync(patterns, { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
