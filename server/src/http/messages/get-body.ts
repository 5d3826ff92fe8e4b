import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { displayHtml } from '../../mail/index.ts'
import { attachmentBytes } from '../attachments/bytes-of.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { attachmentsOf } from './attachments-of.ts'
import { foldQuotedLines, foldQuotes } from './fold-quotes.ts'

/**
 * The second wall behind the sanitizer: even what got through it runs no script, sends no form and fetches nothing but
 * what stands here. The frame is of our origin so that the page around it can measure it; `allow-scripts` may therefore
 * never stand here. Pictures of the message itself are put in as data, so that nothing has to be fetched at all.
 *
 * @see docs/decisions/0007-the-frame-of-a-message.md
 */
function policy(remoteImages: boolean): string {
  return (
    `sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ` +
    `img-src data:${remoteImages ? ' https:' : ''}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  )
}

/** All pictures of one message together, as they are. */
const MOST_INLINE_BYTES = 10 * 1024 * 1024
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'])

export const getBody = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/messages/:id/body',
    summary: 'The text of a message as a page for a sandboxed frame: nothing active, nothing remote unless asked for.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: {
      params: idParam<StoredMessageId>(),
      query: z.strictObject({
        images: z
          .enum(['blocked', 'shown'])
          .default('blocked')
          .describe('Remote pictures tell the sender that, when and where the message is read.'),
      }),
    },
    act: async ({ params, query }) => {
      const message = await rooms.conversations.message(params.id)
      const showsRemote = query.images === 'shown'
      if (message.body.type === 'text') {
        const html = `<pre>${foldQuotedLines(message.body.content)}</pre>`
        return { html, blockedCount: 0, showsRemote, lacksPictures: false }
      }
      const pictures = /cid:/i.test(message.body.content)
        ? await inlinePictures(rooms, params.id).catch(unlessAway)
        : new Map<string, string>()
      const { html, blockedCount } = displayHtml(message.body.content, {
        resolveCid: (contentId) => pictures?.get(contentId),
        remoteImage: showsRemote ? (url) => (url.startsWith('https:') ? url : undefined) : undefined,
      })
      return { html: foldQuotes(html), blockedCount, showsRemote, lacksPictures: pictures === undefined }
    },
    present: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      send: ({ html, blockedCount, showsRemote, lacksPictures }, reply) =>
        reply
          .removeHeader('x-frame-options')
          .header('content-security-policy', policy(showsRemote))
          // How many pictures were not fetched, so that the frame's owner can offer to.
          .header('x-blocked-count', blockedCount)
          .send(
            `${PAGE_START}<body dir="auto" data-blocked-count="${blockedCount}"${lacksPictures ? ' data-lacks-pictures' : ''}>` +
              `${html}</body></html>`,
          ),
    },
  })

/** Paper is white, whatever the page around it looks like: mail brings its own dark text and thinks of nothing else. */
const PAGE_START =
  '<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><title>Message</title><style>' +
  ':root{color-scheme:light;background:#fff;color:#000;overflow-x:auto;overflow-y:hidden}' +
  'body{margin:0;display:flow-root;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}' +
  'pre{white-space:pre-wrap;font:inherit;margin:0}img{max-width:100%;height:auto}' +
  'blockquote{margin:.5em 0;padding-inline-start:.75em;border-inline-start:3px solid #ced4da}' +
  'summary{display:inline-block;list-style:none;cursor:pointer;padding:0 .6em;min-height:24px;border-radius:6px;' +
  'background:#e9ecef;color:#343a40;font-weight:700}summary::-webkit-details-marker{display:none}' +
  '</style></head>'

/** The text is here, and can be read while the mailbox that has the pictures cannot. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error
}

async function inlinePictures(rooms: Rooms, id: StoredMessageId): Promise<ReadonlyMap<string, string>> {
  const message = await rooms.conversations.message(id)
  const wanted = (await attachmentsOf(rooms, message)).filter(
    ({ contentId, contentType, kind }) => contentId !== undefined && kind === 'file' && PICTURES.has(contentType),
  )
  const bytesOf = await attachmentBytes(rooms, message)
  const pictures = new Map<string, string>()
  let left = MOST_INLINE_BYTES
  for (const picture of wanted) {
    const { contentId, contentType, sizeBytes } = picture
    if (sizeBytes > left) continue
    const chunks: Uint8Array[] = []
    for await (const chunk of bytesOf(picture, left)) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    left -= bytes.length
    pictures.set(contentId!, `data:${contentType};base64,${bytes.toString('base64')}`)
  }
  return pictures
}
