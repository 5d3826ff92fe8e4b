import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** With which options of Node the server is started (`npm run serve`): what is measured is started as it is. */
export const SERVER_FLAGS = flagsOf(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { serve: string } }).scripts.serve,
)

function flagsOf(command: string): string[] {
  const words = command.split(' ').slice(1, -1)
  return words.map((word) => (word.startsWith('./') ? join(ROOT, word) : word))
}
