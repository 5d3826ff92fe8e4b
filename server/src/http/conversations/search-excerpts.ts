import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { wordsToMark, type ConversationList, type ParsedSearch } from '../../conversations/index.ts'
import { inTurns } from '../../kernel/turns.ts'
import { createExcerpt, hasMarked } from '../../mail/index.ts'
import type { Rooms } from '../rooms.ts'

/** Time for all excerpts of a page. Without them, the list shows the previews. */
const LIMIT_MS = 300
/** Bodies of a request to a thread. */
const AT_ONCE = 10
const LONGEST_NOTE = 200

export const Excerpt = z
  .object({
    kind: z
      .enum(['text', 'note', 'file'])
      .describe('Part that has the words: a message, a note, or the name of a file.'),
    text: z.string(),
  })
  .meta({ id: 'Excerpt' })

type Found = z.input<typeof Excerpt>

/**
 * Parts of the found messages around the words of a search, by conversation. Threads read HTML. What isn't ready in
 * time is left out: a thread takes a moment to start.
 */
export async function searchExcerpts(
  { conversations, parser }: Pick<Rooms, 'conversations' | 'parser'>,
  { conversations: rows, hitIds }: ConversationList,
  search: ParsedSearch,
): Promise<Record<string, Found>> {
  const marked = wordsToMark(search)
  const found: Record<string, Found> = {}
  if (marked.length === 0 || !hitIds || hitIds.length === 0) return found
  const conversationOf = new Map(hitIds.map((id, n) => [id, rows[n]!.id]))
  const ending = new AbortController()
  const late = pause(LIMIT_MS, undefined, { signal: ending.signal }).catch(() => undefined)
  const all = (async () => {
    const texts = await conversations.reading.hitTexts(hitIds)
    for await (const { id, body, fileNames, isNote } of inTurns(texts)) {
      const file = fileNames.find((name) => hasMarked(name, marked))
      const part = body.type === 'text' ? createExcerpt(body, marked) : undefined
      const text = part ?? (isNote ? body.content.slice(0, LONGEST_NOTE) : undefined)
      if (text !== undefined) found[conversationOf.get(id)!] = { kind: isNote ? 'note' : 'text', text }
      else if (file !== undefined) found[conversationOf.get(id)!] = { kind: 'file', text: file }
    }
    const html = texts.filter(({ body }) => body.type === 'html')
    const groups = Array.from({ length: Math.ceil(html.length / AT_ONCE) }, (_, n) =>
      html.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
    )
    await Promise.all(
      groups.map(async (group) => {
        const excerpts = await parser.excerpts(
          group.map(({ body }) => body),
          marked,
        )
        for (const [n, { id }] of group.entries()) {
          const text = excerpts[n]
          if (text !== undefined) found[conversationOf.get(id)!] = { kind: 'text', text }
        }
      }),
    )
  })()
  try {
    await Promise.race([all, late])
  } finally {
    ending.abort()
    all.catch(() => undefined)
  }
  return { ...found }
}
