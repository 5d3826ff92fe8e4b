import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AttachmentId } from '../../kernel/ids.ts'
import { cleanFileName } from '../../mail/index.ts'
import { isKnownVersion, rangeOf } from '../byte-range.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { attachmentBytes } from './bytes-of.ts'

/** Exchange's limit for one message. */
const MOST_BYTES = 150 * 1024 * 1024

/** A declared type and no parameters (RFC 6838 §4.2). */
const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/i

/**
 * Always a download and never a page, so that a browser neither shows nor runs the file, whatever its declared type.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266
 */
export const downloadAttachment = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/attachments/:id/content',
    summary:
      'Downloads an attachment: with its ETag, and by ranges if its message is stored here, which Accept-Ranges says.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofAttachment(params.id),
    validate: { params: idParam<AttachmentId>() },
    act: async ({ params, request, reply }) => {
      const { conversations } = rooms
      const attachment = await conversations.messages.attachment(params.id)
      const message = await conversations.messages.get(attachment.messageId)
      const etag = `"${attachment.id}.${message.contentReplacedAt?.getTime() ?? 0}"`
      void reply.header('etag', etag)
      if (isKnownVersion(request.headers, etag)) return { ...attachment, bytes: undefined }
      const bytesOf = await attachmentBytes(rooms, message)
      const bytes = bytesOf(attachment, MOST_BYTES)
      if (!bytesOf.isStored) return { ...attachment, bytes: Readable.from(bytes) }
      return { ...attachment, bytes: partOf(await buffer(bytes), { etag, request, reply }) }
    },
    present: {
      status: 200,
      contentType: 'application/octet-stream',
      send: ({ name, contentType, bytes }, reply) =>
        reply
          .type(MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream')
          .header('content-disposition', formatDisposition(name))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .code(bytes === undefined ? 304 : reply.statusCode)
          .send(bytes),
    },
  })

/** The requested range of a file, or all of it. */
function partOf(
  content: Buffer,
  { etag, request, reply }: { etag: string; request: FastifyRequest; reply: FastifyReply },
): Buffer {
  void reply.header('accept-ranges', 'bytes')
  const sizeBytes = content.length
  try {
    const range = rangeOf(request.headers, { sizeBytes, etag })
    if (!range) return content
    void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`)
    return content.subarray(range.start, range.end + 1)
  } catch (error) {
    void reply.header('content-range', `bytes */${sizeBytes}`)
    throw error
  }
}

/**
 * Content-Disposition header with percent-encoded UTF-8 (RFC 8187), so that no name can end the header or start
 * another.
 */
export function formatDisposition(name: string): string {
  const encoded = encodeURIComponent(cleanFileName(name.toWellFormed())).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="attachment"; filename*=UTF-8''${encoded}`
}
