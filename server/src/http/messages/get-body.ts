import { z } from 'zod'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { escapeHtml, resolveImages, type MisleadingLink } from '../../mail/index.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { readAttachments } from './read-attachments.ts'
import { framePolicy, FRAME_HEAD } from './body-page.ts'
import { imageAddresses } from './image-addresses.ts'
import { createViewing, simplifiedText, unlessAway } from './view-message.ts'

const NOTHING_BESIDES = { blockedCount: 0, misleadingLinks: [] as readonly MisleadingLink[], lacksPictures: false }

export const getBody = (rooms: Rooms) => {
  const viewOf = createViewing(rooms)
  return otherRoute({
    at: 'GET /v1/messages/:id/body',
    summary:
      'Returns the text of a message as a page for a sandboxed frame, without active content, and without remote content unless requested.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: {
      params: idParam<StoredMessageId>(),
      query: z.strictObject({
        images: z
          .enum(['blocked', 'shown'])
          .default('blocked')
          .describe('Remote images tell the sender when and where the message is read.'),
      }),
    },
    act: async ({ params, query }) => {
      const showsRemote = query.images === 'shown'
      const view = await viewOf(params.id)
      if (!view) {
        const { body } = await rooms.conversations.messages.get(params.id)
        const html = `<pre>${escapeHtml(simplifiedText(body))}</pre>`
        return { ...NOTHING_BESIDES, html, isSimplified: true, isPlain: true, showsRemote }
      }
      const inline = view.images.some((image) => 'contentId' in image)
        ? await inlineImages(rooms, params.id).catch(unlessAway)
        : new Map<string, string>()
      const html = resolveImages(view, (image) => {
        if ('contentId' in image) return inline?.get(image.contentId)
        return showsRemote ? image.url : undefined
      })
      const remote = showsRemote ? 0 : view.images.filter((image) => 'url' in image).length
      return {
        html,
        blockedCount: view.blockedCount + remote,
        misleadingLinks: view.misleadingLinks,
        lacksPictures: inline === undefined,
        isSimplified: false,
        isPlain: view.isPlain,
        showsRemote,
      }
    },
    present: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      send: ({ html, blockedCount, misleadingLinks, showsRemote, lacksPictures, isSimplified, isPlain }, reply) =>
        reply
          .removeHeader('x-frame-options')
          .header('content-security-policy', framePolicy(showsRemote))
          // Number of blocked images, so that the page can offer to load them.
          .header('x-blocked-count', blockedCount)
          .send(
            `<!doctype html><html${isPlain ? ' data-plain' : ''}>${FRAME_HEAD}<body dir="auto" data-blocked-count="${blockedCount}"${lacksPictures ? ' data-lacks-pictures' : ''}` +
              `${isSimplified ? ' data-simplified' : ''} data-misleading-links="${escapeHtml(JSON.stringify(misleadingLinks))}">` +
              `${html}</body></html>`,
          ),
    },
  })
}

async function inlineImages(rooms: Rooms, id: StoredMessageId): Promise<ReadonlyMap<string, string>> {
  return imageAddresses(await readAttachments(rooms, await rooms.conversations.messages.get(id)))
}
