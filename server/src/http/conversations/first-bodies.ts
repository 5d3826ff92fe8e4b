import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { MessageHead } from '../../conversations/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { resolveImages, type MessageBody } from '../../mail/index.ts'
import { imageAddresses } from '../messages/image-addresses.ts'
import type { Rooms } from '../rooms.ts'

/** A larger body is requested by itself, so that one message does not delay its conversation. */
const MOST_BYTES = 100_000
/** Escaped markup and folded quotations make a text longer. */
const MOST_CHARACTERS = 3 * MOST_BYTES
/** Time for all bodies of a response. A body that needs longer is requested by itself. */
const LIMIT_MS = 150

export const MOST_BODIES = 5

/** Text of a message without active and remote content, as `GET /v1/messages/:id/body` shows it. */
export const ShownBody = z
  .object({
    html: z.string().describe('Show it in a sandboxed frame without scripts.'),
    blockedCount: z.int().describe('Number of blocked remote images.'),
    misleadingLinks: z.array(z.object({ text: z.string(), host: z.string() })),
    isPlain: z.boolean().describe('It has no colors and images of its own.'),
  })
  .meta({ id: 'ShownBody' })

type Body = z.input<typeof ShownBody>

/**
 * Bodies of the messages that a reader opens first: the newest and the unread ones, newest first. Threads prepare them.
 * Those that are large, slow, or have images that the server has yet to list are left out. One that exceeded its deadline
 * is not tried again with each request.
 */
export async function firstBodies(
  { conversations, parser }: Pick<Rooms, 'conversations' | 'parser'>,
  messages: readonly MessageHead[],
  most: number,
): Promise<Map<StoredMessageId, Body>> {
  const shown = new Map<StoredMessageId, Body>()
  if (most === 0 || messages.length === 0) return shown
  const newest = messages.at(-1)
  const opened = messages.filter((message) => message.unread || message === newest).slice(-most)
  const ids = opened.map(({ id }) => id)
  const ending = new AbortController()
  const late = pause(LIMIT_MS, undefined, { signal: ending.signal }).catch(() => undefined)
  const shownAll = (async () => {
    const bodies = await conversations.messages.smallBodies(ids, MOST_BYTES)
    await Promise.all(
      [...bodies].map(async ([id, body]) => {
        // A text that can't be shown is left out; requested by itself, it reports the error.
        const one = await showBody(id, body).catch(() => undefined)
        if (one) shown.set(id, one)
      }),
    )
  })()
  try {
    await Promise.race([shownAll, late])
  } finally {
    ending.abort()
    shownAll.catch(() => undefined)
  }
  return new Map(shown)

  async function showBody(id: StoredMessageId, body: MessageBody): Promise<Body | undefined> {
    const { view } = await parser.view(body)
    if (!view || view.html.length > MOST_CHARACTERS) return undefined
    const { images, blockedCount, misleadingLinks, isPlain } = view
    const isRemote = (image: (typeof images)[number]) => 'url' in image
    const attachments = images.every(isRemote) ? [] : await conversations.messages.attachments(id)
    if (!attachments) return undefined
    const own = imageAddresses(attachments)
    const html = resolveImages(view, (image) => ('contentId' in image ? own.get(image.contentId) : undefined))
    return {
      html,
      blockedCount: blockedCount + images.filter(isRemote).length,
      misleadingLinks: [...misleadingLinks],
      isPlain,
    }
  }
}
