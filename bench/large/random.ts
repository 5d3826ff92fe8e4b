/** Reproducible random numbers (xorshift32, Marsaglia 2003), so that each fill has the same mail. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Draws from 1 to `most` in Zipf's distribution: the number n is n times as rare as 1. */
export function createZipf(random: () => number, most: number): () => number {
  const ends = new Float64Array(most)
  let sum = 0
  for (let rank = 1; rank <= most; rank++) ends[rank - 1] = sum += 1 / rank
  const table = Int32Array.from({ length: 2 ** 20 }, (_, n) => firstAtLeast(ends, (n / 2 ** 20) * sum) + 1)
  return () => table[Math.floor(random() * table.length)]!
}

/** Index of the first of these ascending numbers that is at least `wanted`. */
function firstAtLeast(ascending: Float64Array, wanted: number): number {
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Size of a conversation: most have one to three messages, one in three thousand the maximum. */
export function conversationSize(random: () => number, most = 500): number {
  return Math.min(most, Math.floor((1 - random()) ** (-1 / 1.3)))
}

/** The word of a rank: three to nine letters, always the same. */
export function wordOfRank(rank: number): string {
  const random = createRandom(Math.imul(rank, 2_654_435_761) | 1)
  for (let n = 0; n < 3; n++) random()
  return Array.from({ length: 3 + (rank % 7) }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
}
