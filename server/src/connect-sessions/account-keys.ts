const LENGTH = 5
const MOST_TRIED = 200

/**
 * Short names for a new account, by its address: `SALES`, then `SALE2`, `SALE3`.
 */
export function* accountKeys(address: string): Generator<string, undefined> {
  const letters = address
    .split('@')[0]!
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
  const name = letters === '' ? 'BOX' : letters
  yield name.slice(0, LENGTH)
  for (let number = 2; number < MOST_TRIED; number++) {
    const end = String(number)
    yield name.slice(0, LENGTH - end.length) + end
  }
  return undefined
}
