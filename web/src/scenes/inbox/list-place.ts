/** Position in a list that updates itself. */
import type { Conversation } from '../../api/client.ts'

/** Pages overlap when a conversation moves up between requests: each is shown once, at its first position. */
export function mergePages(pages: readonly { conversations: readonly Conversation[] }[]): Conversation[] {
  const rows = new Map<string, Conversation>()
  for (const row of pages.flatMap(({ conversations }) => conversations)) if (!rows.has(row.id)) rows.set(row.id, row)
  return [...rows.values()]
}

/** Number of conversations with new unread mail. */
export function arrivals(before: readonly Conversation[], after: readonly Conversation[]): number {
  const known = new Map(before.map(({ id, lastMessageAt }) => [id, lastMessageAt]))
  // Older pages contain no new mail.
  const newest = before.reduce((latest, { lastMessageAt }) => Math.max(latest, Date.parse(lastMessageAt)), 0)
  return after.filter(
    ({ id, unread, lastMessageAt }) => unread && known.get(id) !== lastMessageAt && Date.parse(lastMessageAt) >= newest,
  ).length
}

export interface Kept {
  conversation: Conversation
  /** Its former position. */
  index: number
}

/** Adds a row that has left the list at its old position. */
export function withKept(found: readonly Conversation[], { conversation, index }: Kept): readonly Conversation[] {
  return found.toSpliced(Math.min(index, found.length), 0, conversation)
}

export interface Place {
  id: string
  index: number
  /** Ids of the rows below, the nearest first. */
  below: readonly string[]
  /** Ids of the rows above, the nearest first. */
  above: readonly string[]
}

export function placeOf(rows: readonly Conversation[], id: string): Place | undefined {
  const index = rows.findIndex((row) => row.id === id)
  if (index < 0) return undefined
  const ids = rows.map((row) => row.id)
  return { id, index, below: ids.slice(index + 1), above: ids.slice(0, index).reverse() }
}

/**
 * Moves a row back above the nearest row that was below it, such as for the last row below the nearest that was above.
 * When no row is left, to its former index.
 */
export function withPlace(rows: readonly Conversation[], { id, index, below, above }: Place): readonly Conversation[] {
  const at = rows.findIndex((row) => row.id === id)
  if (at < 0) return rows
  const others = rows.toSpliced(at, 1)
  const indexes = new Map(others.map((row, n) => [row.id, n]))
  const next = below.find((each) => indexes.has(each))
  const previous = above.find((each) => indexes.has(each))
  const to = indexes.get(next ?? '') ?? (previous === undefined ? index : indexes.get(previous)! + 1)
  return to === at ? rows : others.toSpliced(to, 0, rows[at]!)
}

/** The next row. From a removed row, it continues at its old position; without one, at the first row. */
export function step(
  rows: readonly { id: string }[],
  from: { id: string | undefined; index: number },
  by: 1 | -1,
): number | undefined {
  if (rows.length === 0) return undefined
  const at = rows.findIndex(({ id }) => id === from.id)
  const wanted = at >= 0 ? at + by : from.id === undefined ? 0 : by === 1 ? from.index : from.index - 1
  return Math.min(Math.max(wanted, 0), rows.length - 1)
}

/** Scroll offset that keeps the first visible row in place when rows are added above. */
export function scrollFor(
  rows: readonly { id: string }[],
  first: { id: string; offset: number } | undefined,
  rowHeight: number,
): number | undefined {
  const at = first === undefined ? -1 : rows.findIndex(({ id }) => id === first.id)
  return at < 0 ? undefined : at * rowHeight + first!.offset
}
