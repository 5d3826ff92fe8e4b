import { randomInt } from 'node:crypto'

const LENGTH = 5
const MOST_NUMBERS = 999
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/**
 * Returns a short name for a new account that no other has, by its address: `SALES`, then `SALE2`, `SALE3`. When these
 * are used up, the name is random.
 */
export function freeKey(address: string, taken: ReadonlySet<string>): string {
  const letters = address
    .split('@')[0]!
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
  const name = letters === '' ? 'BOX' : letters
  if (!taken.has(name.slice(0, LENGTH))) return name.slice(0, LENGTH)
  for (let number = 2; number <= MOST_NUMBERS; number++) {
    const end = String(number)
    const key = name.slice(0, LENGTH - end.length) + end
    if (!taken.has(key)) return key
  }
  for (;;) {
    const key = Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('')
    if (!taken.has(key)) return key
  }
}
