import { parseMime } from '../mime/index.ts'
import type { Attachment, Message } from '../mail-store/index.ts'
import { dateTime, messageJson } from './message-json.ts'
import { completeContent } from './message-input.ts'
import { selectShape } from './message-properties.ts'
import type { Preferences } from './preferences.ts'

const TYPES = { file: 'fileAttachment', item: 'itemAttachment', reference: 'referenceAttachment' } as const

/** An attachment in Graph's JSON, including the bytes of a file. */
export function attachmentJson(attachment: Attachment, select?: readonly string[]): Record<string, unknown> {
  const { kind, id, lastModifiedAt, name, contentType, sizeBytes, isInline, contentId, content } = attachment
  const json: Record<string, unknown> = {
    '@odata.type': `#microsoft.graph.${TYPES[kind]}`,
    ...(kind === 'file' && { '@odata.mediaContentType': contentType }),
    id,
    lastModifiedDateTime: dateTime(lastModifiedAt),
    name,
    contentType: kind === 'file' ? contentType : null,
    size: sizeBytes,
    isInline,
    ...(kind === 'file' && {
      contentId: contentId ?? null,
      contentLocation: null,
      contentBytes: Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64'),
    }),
  }
  if (!select) return json
  const wanted = new Set(['id', ...select].map((property) => property.toLowerCase()))
  return Object.fromEntries(
    Object.entries(json).filter(([property]) => property.startsWith('@') || wanted.has(property.toLowerCase())),
  )
}

/** Result of `$expand=microsoft.graph.itemAttachment/item`: the attached message, which has no id of its own. */
export async function attachedItemJson(
  attachment: Attachment,
  holder: Message,
  preferences: Preferences,
): Promise<Record<string, unknown>> {
  const { content, attachments } = await parseMime(attachment.content)
  const { sentAt, internetMessageId, ...said } = content
  const item: Message = {
    ...holder,
    ...completeContent(said, { internetMessageId: internetMessageId ?? '', sentAt: sentAt ?? holder.sentAt }),
    isRead: true,
    isDraft: false,
    categories: [],
    hasAttachments: attachments.some(({ isInline }) => !isInline),
    receivedAt: sentAt ?? holder.receivedAt,
  }
  const { properties, ...shape } = selectShape(undefined, false)
  const shown = new Set([...properties].filter((name) => !NOT_OF_ITEMS.has(name)))
  const json = messageJson(item, { shape: { ...shape, properties: shown }, preferences, folderOf: () => undefined })
  delete json['@odata.etag']
  return { '@odata.type': '#microsoft.graph.message', ...json, id: '' }
}

/** Properties that an attached item lacks, because they describe the containing message. */
const NOT_OF_ITEMS: ReadonlySet<string> = new Set([
  'changeKey',
  'parentFolderId',
  'conversationId',
  'conversationIndex',
  'webLink',
  'bodyPreview',
  'inferenceClassification',
])
