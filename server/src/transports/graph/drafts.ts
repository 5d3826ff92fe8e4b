import { AppError } from '../../kernel/errors.ts'
import { composeMime, type OutgoingAttachment, type OutgoingMessage } from '../../mail/index.ts'
import type { Draft, TransportLimits } from '../mail-transport.ts'
import { type GraphClient, MEGABYTE, segment } from './graph-client.ts'
import { asWire, text } from './wire.ts'
import { uploadFile, type UploadPorts } from './upload-session.ts'

/**
 * A request may be about 4 MB, and the source of a message travels as base64 of what holds base64 already: a third on
 * top of a third. What is above goes after the draft, file by file.
 *
 * @see https://learn.microsoft.com/graph/outlook-send-mime-message
 */
const REQUEST_BYTES = Math.floor(3.9 * MEGABYTE)
/** From here on a file needs an upload session; smaller ones must not have one. */
export const SESSION_FROM_BYTES = 3 * MEGABYTE
const LARGEST_FILE_BYTES = 150 * MEGABYTE
const TIMEOUT_MS = 120_000

export const LIMITS_OWN: TransportLimits = { messageBytes: 110 * MEGABYTE, attachmentBytes: 110 * MEGABYTE }
/** Sessions are refused there, so that all must fit into single requests. */
export const LIMITS_SHARED: TransportLimits = {
  messageBytes: 110 * MEGABYTE,
  attachmentBytes: SESSION_FROM_BYTES - 1,
}

export function createDrafts(client: GraphClient, upload: UploadPorts, { isShared }: { isShared: boolean }) {
  return {
    /**
     * A draft from MIME: the one way to give a message headers of our own, In-Reply-To and References among them.
     * Attachments that make it too big are left for `attach`, in the order in which they are.
     */
    async create(message: OutgoingMessage): Promise<Draft> {
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
        // Whatever the rights are: https://github.com/microsoftgraph/microsoft-graph-docs/issues/12103
        if (isShared && cause instanceof AppError && cause.code === 'transports.access_denied') {
          throw new AppError('transports.large_file_at_shared', { cause, upstream: cause.upstream })
        }
        throw cause
      }
    },

    /**
     * Asked once: after a failure nobody knows whether it went out, and `whatBecameOf` tells. Being refused for haste is
     * no such failure.
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

/** The largest, so that as few as possible go alone. */
function leaveOut(attachments: OutgoingAttachment[]): void {
  const largest = attachments.reduce((a, b) => (b.content.length > a.content.length ? b : a))
  attachments.splice(attachments.indexOf(largest), 1)
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4
}
