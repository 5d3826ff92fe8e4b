import { percentile, type Bench } from './figures.ts'
import { wordOfRank } from './large/random.ts'
import { repeat } from './requests.ts'
import type { MailStage } from './stage.ts'

/** Path of the list of all conversations. */
export const ALL = '/v1/conversations?view=all&limit=50'

export function pathOfSearch(text: string): string {
  return `${ALL}&search=${encodeURIComponent(text)}`
}

/** Words by their share of the messages. The first is in nearly every message. */
export const SEARCHES: readonly { name: string; most: number; texts: readonly string[] }[] = [
  { name: 'a common word', most: 50, texts: wordsNear(1, 10) },
  { name: 'a word in 1 %', most: 300, texts: wordsNear(1150, 10) },
  {
    name: 'two medium words',
    most: 300,
    texts: wordsNear(300, 10).map((word, n) => `${word} ${wordsNear(700, 10)[n]}`),
  },
  { name: 'two letters', most: 300, texts: wordsNear(2000, 10).map((word) => word.slice(0, 2)) },
  { name: 'a rare word', most: 300, texts: wordsNear(60_000, 10) },
]

/** Words of at least six letters, so that few others begin with them. */
export function wordsNear(rank: number, count: number): string[] {
  const words: string[] = []
  for (let n = rank; words.length < count; n++) {
    const word = wordOfRank(n)
    if (word.length >= 6) words.push(word)
  }
  return words
}

/** Each word for the first time, then all of them again. */
export async function searches({ tell }: Bench, { asker }: MailStage): Promise<void> {
  for (const { name, most, texts } of SEARCHES) {
    const ask = (n: number) => asker.ask(pathOfSearch(texts[n % texts.length]!))
    const wanted = { atMost: most }
    const first = await repeat(texts.length, 1, ask)
    const warm = await repeat(texts.length * 5, 1, ask)
    tell({ name: `search of ${name}, first time, p50`, value: percentile(first.each, 50), unit: 'ms', wanted })
    tell({ name: `search of ${name}, first time, slowest of 10`, value: Math.max(...first.each), unit: 'ms', wanted })
    tell({ name: `search of ${name}, warm, p50`, value: percentile(warm.each, 50), unit: 'ms', wanted })
    tell({ name: `search of ${name}, warm, p99`, value: percentile(warm.each, 99), unit: 'ms', wanted })
  }
}
