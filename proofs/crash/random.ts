/** Reproducible randomness: the source of every choice of a run. */
export interface Random {
  /** From 0 to less than 1. */
  next(): number
  /** A whole number, both ends included. */
  whole(least: number, most: number): number
  one<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
}

/** Mulberry32: 32 bits of state are enough here, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    whole,
    one: (list) => list[whole(0, list.length - 1)]!,
    shuffled(list) {
      const left = [...list]
      return list.map(() => left.splice(whole(0, left.length - 1), 1)[0]!)
    },
  }
}

/** Deals cards in random order; when all were dealt, starts again. */
export function createDeck<T>(random: Random, cards: readonly T[]): () => T {
  let left: T[] = []
  return () => {
    if (left.length === 0) left = random.shuffled(cards)
    return left.pop()!
  }
}
