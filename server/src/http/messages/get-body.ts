import { z } from 'zod'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { escapeHtml, resolveImages, type MisleadingLink } from '../../mail/index.ts'
import { isImage } from '../attachments/get-image.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { readAttachments } from './read-attachments.ts'
import { createViewing, simplifiedText, unlessAway } from './view-message.ts'

/**
 * The second protection after the sanitizer: content that passed it runs no script, sends no form and loads only what
 * is listed here. The frame has our origin, so that the page can measure it; `allow-scripts` must therefore never be
 * added. Images of the message come from our own origin with the reader's session.
 *
 * @see docs/decisions/0007-message-frame-without-scripts.md
 * @see docs/decisions/0022-stored-message-views.md
 */
function policy(remoteImages: boolean): string {
  return (
    `sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ` +
    `img-src 'self' data:${remoteImages ? ' https:' : ''}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  )
}

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
          .header('content-security-policy', policy(showsRemote))
          // Number of blocked images, so that the page can offer to load them.
          .header('x-blocked-count', blockedCount)
          .send(
            `<!doctype html><html${isPlain ? ' data-plain' : ''}>${PAGE_START}<body dir="auto" data-blocked-count="${blockedCount}"${lacksPictures ? ' data-lacks-pictures' : ''}` +
              `${isSimplified ? ' data-simplified' : ''} data-misleading-links="${escapeHtml(JSON.stringify(misleadingLinks))}">` +
              `${html}</body></html>`,
          ),
    },
  })
}

/**
 * White background, regardless of the surrounding page, because mail assumes dark text on white. A plain message
 * (`data-plain`) uses the page's own background, which sets `color-scheme` and `color` of the frame.
 */
const PAGE_START =
  '<head><meta charset="utf-8"><base target="_blank"><title>Message</title><style>' +
  ':root{color-scheme:light;background:#fff;color:#000;overflow-x:auto;overflow-y:hidden}' +
  ':root[data-plain]{background:transparent}' +
  'body{margin:0;display:flow-root;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}' +
  'pre{white-space:pre-wrap;font:inherit;margin:0}img{max-width:100%;height:auto}' +
  'blockquote{margin:.5em 0;padding-inline-start:.75em;border-inline-start:3px solid #ced4da}' +
  'summary{display:inline-block;list-style:none;cursor:pointer;padding:0 .6em;min-height:24px;border-radius:6px;' +
  'background:#e9ecef;color:#343a40;font-weight:700}summary::-webkit-details-marker{display:none}' +
  '</style></head>'

/** Addresses of a message's own images, by Content-ID. */
async function inlineImages(rooms: Rooms, id: StoredMessageId): Promise<ReadonlyMap<string, string>> {
  const attachments = await readAttachments(rooms, await rooms.conversations.messages.get(id))
  return new Map(
    attachments
      .filter((one) => one.contentId !== undefined && isImage(one))
      .map(({ id: attachment, contentId }) => [contentId!, `/v1/attachments/${attachment}/image`]),
  )
}
