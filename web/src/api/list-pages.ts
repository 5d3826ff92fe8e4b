import type { InfiniteData } from '@tanstack/react-query'
import type { Conversation, GetConversationsResponse } from './generated/types.gen.ts'

/** A page, with the time of the last row that it had when it was fetched: the cursor of the next page stands there. */
export type ListPage = GetConversationsResponse & { endsAt?: string }
type Answer = Pick<GetConversationsResponse, 'conversations' | 'names'>
export type ListPages = InfiniteData<ListPage, string | undefined>

/**
 * Puts fetched rows into loaded pages, latest first. The pages keep their cursors, so a row below the last page comes
 * with the next one.
 *
 * @param asked  ids of all rows that were asked for: one without an answer has left the view
 */
export function patchPages(
  { pages, pageParams }: ListPages,
  asked: ReadonlySet<string>,
  answers: readonly Answer[],
): ListPages {
  const { found, names } = combine(answers)
  const isReplaced = ({ id }: Conversation) => asked.has(id) || found.has(id)
  // Pages without a change stay the same objects.
  const kept = pages.map((page) =>
    page.conversations.some(isReplaced)
      ? { ...page, conversations: page.conversations.filter((row) => !isReplaced(row)) }
      : page,
  )
  const placed = kept.map(() => [] as Conversation[])
  const ends = pages.map(({ endsAt, conversations }) => endsAt ?? conversations.at(-1)?.listedAt)
  const isLast = pages.at(-1)?.next === undefined
  for (const row of found.values()) {
    const index = ends.findIndex((end) => end !== undefined && Date.parse(row.listedAt) >= Date.parse(end))
    if (index >= 0) placed[index]!.push(row)
    else if (isLast) placed.at(-1)?.push(row)
  }
  return {
    pageParams,
    pages: kept.map((page, index) => {
      const added = placed[index]!
      const hasNames = index === 0 && Object.keys(names).length > 0
      if (page === pages[index] && added.length === 0 && !hasNames) return page
      const endsAt = ends[index]
      return {
        ...page,
        conversations: added.length === 0 ? page.conversations : merge(page.conversations, added),
        names: hasNames ? { ...page.names, ...names } : page.names,
        ...(endsAt !== undefined && { endsAt }),
      }
    }),
  }
}

/** Rows by id, and names by id, of several answers. */
function combine(answers: readonly Answer[]): { found: Map<string, Conversation>; names: Record<string, string> } {
  const found = new Map(answers.flatMap(({ conversations }) => conversations.map((row) => [row.id, row] as const)))
  const names = Object.assign({}, ...answers.map((answer) => answer.names)) as Record<string, string>
  return { found, names }
}

function merge(rows: readonly Conversation[], added: readonly Conversation[]): Conversation[] {
  return [...rows, ...added].sort((one, other) => (isBefore(one, other) ? -1 : 1))
}

/** Replaces rows at their places, for a search: it lists by the time of the message found, which a row does not have. */
export function replaceRows(
  { pages, pageParams }: ListPages,
  asked: ReadonlySet<string>,
  answers: readonly Answer[],
): ListPages {
  const { found, names } = combine(answers)
  return {
    pageParams,
    pages: pages.map((page) =>
      page.conversations.some(({ id }) => asked.has(id))
        ? {
            ...page,
            names: { ...page.names, ...names },
            conversations: page.conversations.flatMap((row) => (asked.has(row.id) ? (found.get(row.id) ?? []) : [row])),
          }
        : page,
    ),
  }
}

/** Puts the rows of a newly fetched first page that are not loaded yet before the others, and keeps all cursors. */
export function prependRows({ pages, pageParams }: ListPages, answer: Answer): ListPages {
  const loaded = new Set(pages.flatMap(({ conversations }) => conversations.map(({ id }) => id)))
  const added = answer.conversations.filter(({ id }) => !loaded.has(id))
  const [first, ...others] = pages
  if (!first || added.length === 0) return { pages, pageParams }
  const conversations = [...added, ...first.conversations]
  return { pageParams, pages: [{ ...first, conversations, names: { ...first.names, ...answer.names } }, ...others] }
}

/** Order of the server: `listedAt`, then id, both descending. */
function isBefore(one: Conversation, other: Conversation): boolean {
  const byTime = Date.parse(other.listedAt) - Date.parse(one.listedAt)
  return byTime === 0 ? one.id > other.id : byTime < 0
}
