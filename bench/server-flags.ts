import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** Options of Node with which `npm run serve` starts the server, so that measured processes start alike. */
export const SERVER_FLAGS = flagsOf(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { serve: string } }).scripts.serve,
)

function flagsOf(command: string): string[] {
  const words = command.split(' ')
  // `exec node --option … server/src/main.ts`
  return words.slice(words.indexOf('node') + 1, -1).map((word) => (word.startsWith('./') ? join(ROOT, word) : word))
}
