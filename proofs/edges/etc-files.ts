/** Files of /etc that are replaced in this mount namespace alone. */
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Binds a file with that content over `target`, and returns the file, which can be written to later. */
export function replaceFile(folder: string, target: string, content: string): string | undefined {
  if (!existsSync(target)) return undefined
  const file = join(folder, `etc-${basename(target)}`)
  writeFileSync(file, content, { mode: 0o644 })
  execFileSync('mount', ['--bind', file, target])
  return file
}
