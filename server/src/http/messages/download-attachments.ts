import type { StoredMessageId } from '../../kernel/ids.ts'
import { cleanFileName } from '../../mail/index.ts'
import { attachmentBytes } from '../attachments/bytes-of.ts'
import { formatDisposition } from '../attachments/download.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import { recordDownload } from '../record-download.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { openBytes } from './opened-bytes.ts'
import { readAttachments } from './read-attachments.ts'
import { streamZip } from './stream-zip.ts'
import { uniqueNames } from './unique-names.ts'

/** Exchange's limit for one message. */
const MOST_BYTES = 150 * 1024 * 1024

/** Streams all files of a message, one after the other, so that only one of them is in memory. */
export const downloadAttachments = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/messages/:id/attachments.zip',
    summary: 'Downloads all attachments of a message as one ZIP file, except links to cloud files.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params, caller }) => {
      const message = await rooms.conversations.messages.get(params.id)
      const files = (await readAttachments(rooms, message)).filter(({ kind }) => kind !== 'link')
      const bytesOf = await attachmentBytes(rooms, message)
      const names = uniqueNames(files.map(({ name }) => name))
      const entries = files.map((file, at) => ({
        name: names[at]!,
        mtime: message.receivedAt,
        // Most attachments are compressed already.
        compress: false,
        open: () => openBytes(bytesOf(file, MOST_BYTES)),
      }))
      const zip = await streamZip(entries)
      await recordDownload(rooms, caller, {
        action: 'message.attachments_downloaded',
        subject: message.id,
        detail: {
          ...{ emailAccountId: message.emailAccountId, conversationId: message.conversationId },
          files: files.length,
        },
      }).catch((error: unknown) => {
        zip.destroy()
        throw error
      })
      return { name: `${cleanFileName(message.subject).slice(0, 100) || 'attachments'}.zip`, zip }
    },
    present: {
      status: 200,
      contentType: 'application/zip',
      send: ({ name, zip }, reply) =>
        reply
          .header('content-disposition', formatDisposition(name))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(zip),
    },
  })
