import type { FastifyReply } from 'fastify'
import { buffer } from 'node:stream/consumers'
import type { StoredAttachment } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { AttachmentId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { attachmentBytes } from './bytes-of.ts'

/** Bitmap formats only, because SVG is a document. */
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'])
const MOST_BYTES = 25 * 1024 * 1024
/** Attachments never change. Private, because only agents of the mailbox may see them. */
const CACHED = 'private, max-age=3600, immutable'

export function isImage({ contentType, kind }: Pick<StoredAttachment, 'contentType' | 'kind'>): boolean {
  return kind === 'file' && isImageType(contentType)
}

/** `true` for bitmaps that browsers show. */
export function isImageType(contentType: string): boolean {
  return IMAGES.has(contentType)
}

/** Response with an image. Sent with `nosniff`, and sandboxed when opened as a document. */
export const IMAGE = {
  status: 200 as const,
  contentType: 'image/*',
  send: ({ contentType, bytes }: { contentType: string; bytes: Uint8Array }, reply: FastifyReply) =>
    reply
      .type(contentType)
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cache-control', CACHED)
      .send(bytes),
}

/** Returns an image that a message shows in its text. */
export const getImage = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/attachments/:id/image',
    summary: 'Returns an attached image (PNG, JPEG, GIF, WebP or BMP up to 25 MB) for display in the message text.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofAttachment(params.id),
    validate: { params: idParam<AttachmentId>() },
    act: async ({ params }) => {
      const attachment = await rooms.conversations.messages.attachment(params.id)
      if (!isImage(attachment) || attachment.sizeBytes > MOST_BYTES) throw new AppError('http.not_found')
      const bytesOf = await attachmentBytes(rooms, await rooms.conversations.messages.get(attachment.messageId))
      // Read completely before the first byte is sent, so that an error gets an error response.
      return { contentType: attachment.contentType, bytes: await buffer(bytesOf(attachment, MOST_BYTES)) }
    },
    present: IMAGE,
  })
