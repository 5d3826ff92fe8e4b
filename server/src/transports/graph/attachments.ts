import { AppError } from '../../kernel/errors.ts'
import type { RemoteAttachment } from '../../mail/index.ts'
import { type GraphClient, MEGABYTE, segment } from './graph-client.ts'
import { asWire, count, list, text, type Wire } from './wire.ts'

const SELECT = '$select=id,name,contentType,size,isInline,microsoft.graph.fileAttachment/contentId'
const MOST_ATTACHMENTS = 500
const LIST_BYTES = 8 * MEGABYTE
/** Maximum size of an inline image, as JSON with its bytes. */
const INLINE_BYTES = 50 * MEGABYTE
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000

const KINDS: Readonly<Record<string, RemoteAttachment['kind']>> = {
  '#microsoft.graph.fileattachment': 'file',
  '#microsoft.graph.itemattachment': 'item',
  '#microsoft.graph.referenceattachment': 'link',
}

/**
 * Lists the attachments of a message without their bytes.
 *
 * The Content-ID exists only for files, so it is selected by its full name. If the response leaves it out, the
 * attachments that the text references are requested one by one, because their images could not be found without it.
 *
 * @see https://learn.microsoft.com/graph/api/message-list-attachments
 */
export async function listAttachments(client: GraphClient, remoteId: string): Promise<RemoteAttachment[]> {
  const path = `/messages/${segment(remoteId)}/attachments`
  const found: RemoteAttachment[] = []
  let url: string | undefined = client.mailbox(`${path}?${SELECT}`)
  while (url !== undefined && found.length < MOST_ATTACHMENTS) {
    const answer: Wire = asWire(await client.json({ url, lane: 'sync', maxBytes: LIST_BYTES }))
    for (const wire of list(answer, 'value')) {
      const attachment = toAttachment(await withContentId(wire))
      if (attachment) found.push(attachment)
    }
    url = text(answer, '@odata.nextLink')
  }
  return found

  async function withContentId(wire: Wire): Promise<Wire> {
    const id = text(wire, 'id')
    const isInlineFile = wire['isInline'] === true && kindOf(wire) === 'file'
    if (id === undefined || !isInlineFile || wire['contentId'] !== undefined) return wire
    if (count(wire, 'size') > INLINE_BYTES / 2) return wire
    const one = client.mailbox(`${path}/${segment(id)}`)
    return asWire(await client.json({ url: one, lane: 'sync', maxBytes: INLINE_BYTES }))
  }
}

/**
 * Streams the bytes of an attachment, or the source of an attached message.
 *
 * @throws {AppError} `transports.attachment_too_large` as soon as `maxBytes` is exceeded
 */
export async function* downloadAttachment(
  client: GraphClient,
  remoteId: string,
  attachmentRemoteId: string,
  { maxBytes }: { maxBytes: number },
): AsyncGenerator<Uint8Array> {
  const url = client.mailbox(`/messages/${segment(remoteId)}/attachments/${segment(attachmentRemoteId)}/$value`)
  try {
    yield* client.stream({ url, lane: 'sync', maxBytes, timeoutMs: DOWNLOAD_TIMEOUT_MS })
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'transports.answer_too_large') {
      throw new AppError('transports.attachment_too_large', { cause, upstream: cause.upstream })
    }
    throw cause
  }
}

function toAttachment(wire: Wire): RemoteAttachment | undefined {
  const remoteId = text(wire, 'id')
  if (remoteId === undefined) return undefined
  const kind = kindOf(wire)
  const name = text(wire, 'name') ?? ''
  return {
    remoteId,
    // Graph uses the subject as the name of an attached message.
    name: kind !== 'item' || name === '' || /\.eml$/i.test(name) ? name : `${name}.eml`,
    contentType: text(wire, 'contentType') ?? 'application/octet-stream',
    sizeBytes: count(wire, 'size'),
    contentId: text(wire, 'contentId')?.replace(/^<|>$/g, '') || undefined,
    isInline: wire['isInline'] === true,
    kind,
  }
}

function kindOf(wire: Wire): RemoteAttachment['kind'] {
  return KINDS[text(wire, '@odata.type')?.toLowerCase() ?? ''] ?? 'file'
}
