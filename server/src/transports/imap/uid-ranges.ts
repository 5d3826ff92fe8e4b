/** Highest possible UID (RFC 9051 §9, `nz-number`). */
export const HIGHEST_UID = 2 ** 32 - 1

/** Range of UIDs, both ends included. Never expanded: a server may report sixteen million in ten bytes. */
export type UidRange = readonly [first: number, last: number]

/** Maximum ranges in a response; with more, the folder is compared as a whole. */
const MOST_RANGES = 100_000

/** Parses a sequence set from a server (`41,43:116,118`); undefined if it is invalid or too long. */
export function parseUidSet(set: string): UidRange[] | undefined {
  if (set.length > MOST_RANGES * 22) return undefined
  const parts = set.split(',')
  if (parts.length > MOST_RANGES) return undefined
  const ranges: UidRange[] = []
  for (const part of parts) {
    const [, a, b = a] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part) ?? []
    const ends = [Number(a), Number(b)].sort((one, other) => one - other)
    if (!(ends[0]! >= 1 && ends[1]! <= HIGHEST_UID)) return undefined
    ranges.push([ends[0]!, ends[1]!])
  }
  return ranges
}

export function isInRanges(uid: number, ranges: readonly UidRange[]): boolean {
  return ranges.some(([first, last]) => uid >= first && uid <= last)
}

/** Most UIDs of an expanded set: more than a command of Postkey names. */
const MOST_EXPANDED = 10_000

/** Lists the UIDs of a short sequence set; undefined if it is invalid or names too many. */
export function expandUidSet(set: string): number[] | undefined {
  const ranges = parseUidSet(set)
  if (!ranges || ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0) > MOST_EXPANDED) return undefined
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_none, at) => first + at))
}

/** Formats UIDs for a command, in ascending order with adjacent ones as ranges. */
export function uidSet(uids: readonly number[]): string {
  const sorted = [...new Set(uids)].sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < sorted.length;) {
    let end = at
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end]! + 1) end++
    parts.push(end === at ? `${sorted[at]}` : `${sorted[at]}:${sorted[end]}`)
    at = end + 1
  }
  return parts.join(',')
}
