import { Readable } from 'node:stream'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { formatDisposition } from '../attachments/download.ts'
import { isKnownVersion } from '../byte-range.ts'
import { recordDownload } from '../record-download.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { closeBytes } from './opened-bytes.ts'
import { streamSource } from './source-of.ts'

export const getSource = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/messages/:id/source',
    summary: 'Downloads the original message (RFC 5322) with its ETag, stored here or fetched from its server.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params, caller, request, reply }) => {
      const message = await rooms.conversations.messages.get(params.id)
      const version = `"${message.id}.${message.contentReplacedAt?.getTime() ?? 0}"`
      // Weak, because a mail server can write the same message with other bytes.
      const etag = `W/${version}`
      if (isKnownVersion(request.headers, version)) {
        void reply.header('etag', etag)
        return { name: message.id, source: undefined }
      }
      const source = await streamSource(rooms, message)
      await recordDownload(rooms, caller, {
        action: 'message.source_downloaded',
        subject: message.id,
        detail: { emailAccountId: message.emailAccountId, conversationId: message.conversationId },
      }).catch(async (error: unknown) => {
        await closeBytes(source)
        throw error
      })
      void reply.header('etag', etag)
      return { name: `${message.subject.replaceAll(/[/\\]/g, '-').slice(0, 200) || 'message'}.eml`, source }
    },
    present: {
      status: 200,
      // Never as a page, because a browser would render untrusted content.
      contentType: 'application/octet-stream',
      send: ({ name, source }, reply) =>
        reply
          .header('content-disposition', formatDisposition(name))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .code(source === undefined ? 304 : 200)
          .send(source === undefined || Buffer.isBuffer(source) ? source : Readable.from(source)),
    },
  })
