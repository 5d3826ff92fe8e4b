import { AppError } from '../../kernel/errors.ts'
import { composeMime, type OutgoingAttachment, type OutgoingMessage } from '../../mail/index.ts'
import type { RemoteDraft, TransportLimits } from '../mail-transport.ts'
import { type GraphClient, MEGABYTE, segment } from './graph-client.ts'
import { asWire, text } from './wire.ts'
import { uploadFile, type UploadPorts } from './upload-session.ts'

/**
 * Maximum size of a draft request. Graph's limit is about 4 MB, and the MIME source, which already contains base64, is
 * sent as base64. Larger attachments are added to the draft one by one.
 *
 * @see https://learn.microsoft.com/graph/outlook-send-mime-message
 */
const REQUEST_BYTES = Math.floor(3.9 * MEGABYTE)
/** Minimum size for an upload session; smaller files must not use one. */
export const SESSION_FROM_BYTES = 3 * MEGABYTE
const LARGEST_FILE_BYTES = 150 * MEGABYTE
const TIMEOUT_MS = 120_000

export const LIMITS_OWN: TransportLimits = { messageBytes: 110 * MEGABYTE, attachmentBytes: 110 * MEGABYTE }
/** Limits of shared mailboxes, where upload sessions are refused, so each attachment must fit into a single request. */
export const LIMITS_SHARED: TransportLimits = {
  messageBytes: 110 * MEGABYTE,
  attachmentBytes: SESSION_FROM_BYTES - 1,
}

export function createDrafts(client: GraphClient, upload: UploadPorts, { isShared }: { isShared: boolean }) {
  return {
    /**
     * Creates a draft from MIME, the only method that allows our own headers such as In-Reply-To and References.
     * Attachments beyond the size limit are returned for `attach`, in their order.
     */
    async create(message: OutgoingMessage): Promise<RemoteDraft> {
      const small = [...message.attachments]
      const weight = () => small.reduce((total, { content }) => total + base64Length(content.length), 0)
      const isTooBig = (bytes: number) => base64Length(bytes) > REQUEST_BYTES
      let mime: Buffer | undefined
      while (mime === undefined) {
        while (small.length > 0 && isTooBig(weight())) leaveOut(small)
        const composed = await composeMime({ ...message, attachments: small })
        if (!isTooBig(composed.length)) mime = composed
        else if (small.length > 0) leaveOut(small)
        else throw new AppError('transports.message_too_large')
      }

      const url = client.mailbox('/messages')
      const answer = await client.json({ method: 'POST', url, lane: 'send', body: { mime }, timeoutMs: TIMEOUT_MS })
      const remoteId = text(asWire(answer), 'id')
      if (remoteId === undefined) throw new AppError('transports.unavailable', { upstream: { status: 201 } })
      const inOrder = message.attachments.filter((attachment) => !small.includes(attachment))
      return { remoteId, toAttach: inOrder }
    },

    async attach(remoteId: string, attachment: OutgoingAttachment): Promise<void> {
      const { content } = attachment
      if (content.length > LARGEST_FILE_BYTES) throw new AppError('transports.message_too_large')
      const path = `/messages/${segment(remoteId)}/attachments`
      if (content.length < SESSION_FROM_BYTES) return post(path, attachment)
      try {
        await uploadFile(client, upload, client.mailbox(`${path}/createUploadSession`), attachment)
      } catch (cause) {
        // Refused regardless of permissions: https://github.com/microsoftgraph/microsoft-graph-docs/issues/12103
        if (isShared && cause instanceof AppError && cause.code === 'transports.access_denied') {
          throw new AppError('transports.large_file_at_shared', { cause, upstream: cause.upstream })
        }
        throw cause
      }
    },

    /**
     * Sent once: after a failure the outcome is unknown, and `whatBecameOf` resolves it. Only throttled requests are
     * repeated.
     */
    async send(remoteId: string): Promise<void> {
      const url = client.mailbox(`/messages/${segment(remoteId)}/send`)
      await client.json({ method: 'POST', url, lane: 'send', timeoutMs: TIMEOUT_MS })
    },
  }

  async function post(path: string, { name, contentType, contentId, isInline, content }: OutgoingAttachment) {
    await client.json({
      method: 'POST',
      url: client.mailbox(path),
      lane: 'send',
      timeoutMs: TIMEOUT_MS,
      maxBytes: 2 * SESSION_FROM_BYTES,
      body: {
        '@odata.type': '#microsoft.graph.fileAttachment',
        name,
        contentType,
        isInline,
        ...(contentId !== undefined && { contentId }),
        contentBytes: content.toString('base64'),
      },
    })
  }
}

/** Removes the largest attachment, so that as few as possible need their own request. */
function leaveOut(attachments: OutgoingAttachment[]): void {
  const largest = attachments.reduce((a, b) => (b.content.length > a.content.length ? b : a))
  attachments.splice(attachments.indexOf(largest), 1)
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4
}
