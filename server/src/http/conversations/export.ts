import { cleanFileName } from '../../mail/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import { formatDisposition } from '../attachments/download.ts'
import { idParam } from '../ids.ts'
import { streamSource } from '../messages/source-of.ts'
import { members } from '../permit.ts'
import { recordDownload } from '../record-download.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { readHeads } from './read-heads.ts'
import { archiveSources } from './source-archive.ts'

/** Messages in the file. */
const MOST_MESSAGES = 5000
/** Bytes after which no further message is added. */
const MOST_BYTES = 1024 * 1024 * 1024

export const exportConversation = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/conversations/:id/messages.zip',
    summary: `Downloads the original messages of a conversation (RFC 5322) as one ZIP file of .eml files, at most the newest ${MOST_MESSAGES} and about 1 GB. A text file in it reports everything that is missing: messages whose source no longer exists or does not fit, and older ones.`,
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: async ({ params, caller }) => {
      const { conversation, messages, isCut } = await readHeads(rooms.conversations.reading, params.id, MOST_MESSAGES)
      const limits = { mostBytes: MOST_BYTES, isCut }
      const zip = await archiveSources(messages, (message) => streamSource(rooms, message), limits)
      await recordDownload(rooms, caller, {
        action: 'conversation.exported',
        subject: conversation.id,
        detail: { emailAccountId: conversation.emailAccountId, messages: messages.length },
      }).catch((error: unknown) => {
        zip.destroy()
        throw error
      })
      return { name: `${cleanFileName(conversation.subject).slice(0, 100) || 'conversation'}.zip`, zip }
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
