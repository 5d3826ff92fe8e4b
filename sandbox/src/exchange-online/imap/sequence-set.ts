import { argumentError } from './refusal.ts'

/** Inclusive ranges; `Infinity` stands for `*`. */
export type SequenceSet = readonly { from: number; to: number }[]

const LARGEST = 0xffff_ffff
const MOST_RANGES = 20_000

/** Parses `1:3,7,10:*`; ranges are kept, whatever their size. @throws Refusal BAD */
export function readSequenceSet(text: string): SequenceSet {
  const parts = text.split(',')
  if (parts.length > MOST_RANGES) throw argumentError()
  return parts.map((part) => {
    const match = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(part)
    if (!match) throw argumentError()
    const one = number(match[1]!)
    const other = match[2] === undefined ? one : number(match[2])
    return { from: Math.min(one, other), to: Math.max(one, other) }
  })
}

export function isSequenceSet(text: string): boolean {
  return /^[\d*][\d*:,]*$/.test(text)
}

/**
 * Positions in `numbers` (ascending) that the set matches, each once, in order. `*` is the last existing number; `9:*`
 * matches it even when it is less than 9 (RFC 3501 §6.4.8).
 */
export function positionsIn(set: SequenceSet, numbers: readonly number[]): number[] {
  const last = numbers.at(-1)
  if (last === undefined) return []
  const ranges = set
    .map(({ from, to }) => {
      const [one, other] = [Math.min(from, last), Math.min(to, last)]
      if (to === Infinity) return { from: one, to: last }
      return from > last ? undefined : { from, to: other }
    })
    .filter((range) => range !== undefined)
    .sort((a, b) => a.from - b.from)
  const positions: number[] = []
  let next = 0
  for (const { from, to } of ranges) {
    for (let i = Math.max(next, lowerBound(numbers, from)); i < numbers.length && numbers[i]! <= to; i++) {
      positions.push(i)
      next = i + 1
    }
  }
  return positions
}

/** The same for sequence numbers, which are positions counted from 1. */
export function positionsUpTo(count: number, set: SequenceSet): number[] {
  const positions = new Set<number>()
  for (const { from, to } of set) {
    // A range up to `*` includes the last message even when there are fewer messages.
    const first = to === Infinity ? Math.min(from, count) : from
    for (let number = Math.max(1, first); number <= Math.min(to, count); number++) positions.add(number - 1)
  }
  return [...positions].sort((a, b) => a - b)
}

/** `1:3,7`, ascending; empty for an empty list. */
export function writeSequenceSet(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < numbers.length;) {
    let end = i
    while (numbers[end + 1] === numbers[end]! + 1) end++
    parts.push(end === i ? String(numbers[i]) : `${numbers[i]}:${numbers[end]}`)
    i = end + 1
  }
  return parts.join(',')
}

/** First position whose number is at least `wanted`. */
export function lowerBound(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}

function number(text: string): number {
  if (text === '*') return Infinity
  const value = Number(text)
  if (value < 1 || value > LARGEST) throw argumentError()
  return value
}
