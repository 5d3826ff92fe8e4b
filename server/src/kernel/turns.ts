import { setImmediate as nextTurn } from 'node:timers/promises'

/** Elements per turn of the event loop: a few milliseconds of work on messages. */
const PER_TURN = 16

/**
 * Iterates over elements, with other work of the process in between, so that requests don't wait for a whole page of
 * messages.
 */
export async function* inTurns<T>(all: readonly T[]): AsyncGenerator<T> {
  for (const [n, one] of all.entries()) {
    if (n > 0 && n % PER_TURN === 0) await nextTurn()
    yield one
  }
}

/** Returns the results of a function for each element, in order, as {@link inTurns} iterates. */
export async function mapInTurns<T, R>(all: readonly T[], map: (one: T) => R): Promise<R[]> {
  const results: R[] = []
  for await (const one of inTurns(all)) results.push(map(one))
  return results
}
