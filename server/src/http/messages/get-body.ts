import { z } from 'zod'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { displayHtml, escapeHtml } from '../../mail/index.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { attachmentsOf } from './attachments-of.ts'

/**
 * The second wall behind the sanitizer: even what got through it runs no script, sends no form, fetches nothing but
 * what stands here, and is of an origin of its own. `allow-same-origin` is left out for that reason; pictures of the
 * message itself come from this server and need the session, which frames of their own origin do not carry, so they
 * are put in as data.
 */
function policy(remoteImages: boolean): string {
  return (
    `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ` +
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
        return { html: `<pre>${escapeHtml(message.body.content)}</pre>`, blockedCount: 0, showsRemote }
      }
      const pictures = /cid:/i.test(message.body.content)
        ? await inlinePictures(rooms, params.id)
        : new Map<string, string>()
      const { html, blockedCount } = displayHtml(message.body.content, {
        resolveCid: (contentId) => pictures.get(contentId),
        remoteImage: showsRemote ? (url) => (url.startsWith('https:') ? url : undefined) : undefined,
      })
      return { html, blockedCount, showsRemote }
    },
    present: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      send: ({ html, blockedCount, showsRemote }, reply) =>
        reply
          .removeHeader('x-frame-options')
          .header('content-security-policy', policy(showsRemote))
          // How many pictures were not fetched, so that the frame's owner can offer to.
          .header('x-blocked-count', blockedCount)
          .send(PAGE_START + html + PAGE_END),
    },
  })

const PAGE_START =
  '<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>' +
  'body{margin:0;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}pre{white-space:pre-wrap;font:inherit}' +
  'img{max-width:100%;height:auto}</style></head><body>'
const PAGE_END = '</body></html>'

async function inlinePictures(rooms: Rooms, id: StoredMessageId): Promise<ReadonlyMap<string, string>> {
  const { conversations, emailAccounts } = rooms
  const message = await conversations.message(id)
  const wanted = (await attachmentsOf(rooms, message)).filter(
    ({ contentId, contentType, kind }) => contentId !== undefined && kind === 'file' && PICTURES.has(contentType),
  )
  const transport = await emailAccounts.transportOf(await emailAccounts.get(message.emailAccountId))
  const pictures = new Map<string, string>()
  let left = MOST_INLINE_BYTES
  for (const { contentId, contentType, remoteId, sizeBytes } of wanted) {
    if (sizeBytes > left) continue
    const chunks: Uint8Array[] = []
    for await (const chunk of transport.downloadAttachment(message.remoteId, remoteId, { maxBytes: left })) {
      chunks.push(chunk)
    }
    const bytes = Buffer.concat(chunks)
    left -= bytes.length
    pictures.set(contentId!, `data:${contentType};base64,${bytes.toString('base64')}`)
  }
  return pictures
}
