import { escapeHtml } from '../../kernel/html.ts'
import { htmlToText } from '../mime/index.ts'
import type { Address, Body, Folder, Message } from '../mail-store/index.ts'
import type { MessageProperty, MessageShape } from './message-properties.ts'
import type { Preferences } from './preferences.ts'
import { safeHtml } from './safe-html.ts'

export interface MessageViewOptions {
  shape: MessageShape
  preferences: Preferences
  /** Folder of a message. Messages in sent folders were never received, so they have no headers to show. */
  folderOf: (message: Message) => Folder | undefined
}

/** A message in Graph's JSON: `@odata.etag`, `id`, then the properties of the shape. */
export function messageJson(message: Message, options: MessageViewOptions): Record<string, unknown> {
  const json: Record<string, unknown> = {
    '@odata.etag': formatEtag(message),
    id: chooseId(message, options.preferences),
  }
  for (const name of options.shape.properties) {
    const value = VALUES[name](message, options)
    if (value !== undefined) json[name] = value
  }
  return json
}

export function formatEtag({ changeKey }: Message): string {
  return `W/"${changeKey}"`
}

export function chooseId(message: Pick<Message, 'immutableId' | 'restId'>, { immutableIds }: Preferences): string {
  return immutableIds ? message.immutableId : message.restId
}

/** Formats a time to the second, as Graph does. */
export function dateTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

const VALUES: Record<MessageProperty, (message: Message, options: MessageViewOptions) => unknown> = {
  createdDateTime: ({ createdAt }) => dateTime(createdAt),
  lastModifiedDateTime: ({ lastModifiedAt }) => dateTime(lastModifiedAt),
  changeKey: ({ changeKey }) => changeKey,
  categories: ({ categories }) => categories,
  receivedDateTime: ({ receivedAt }) => dateTime(receivedAt),
  sentDateTime: ({ sentAt }) => dateTime(sentAt),
  hasAttachments: ({ hasAttachments }) => hasAttachments,
  internetMessageId: ({ internetMessageId }) => internetMessageId,
  subject: ({ subject }) => subject,
  bodyPreview: ({ bodyPreview }) => bodyPreview,
  importance: ({ importance }) => importance,
  parentFolderId: ({ folderId }) => folderId,
  conversationId: ({ conversationId }) => conversationId,
  conversationIndex: ({ conversationIndex }) => Buffer.from(conversationIndex).toString('base64'),
  isDeliveryReceiptRequested: ({ isDeliveryReceiptRequested }) => isDeliveryReceiptRequested,
  isReadReceiptRequested: ({ isReadReceiptRequested }) => isReadReceiptRequested,
  isRead: ({ isRead }) => isRead,
  isDraft: ({ isDraft }) => isDraft,
  webLink: (message, { preferences }) =>
    `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(chooseId(message, preferences))}` +
    '&exvsurl=1&viewmodel=ReadMessageItem',
  inferenceClassification: ({ inferenceClassification }) => inferenceClassification,
  internetMessageHeaders: internetMessageHeaders,
  body: ({ body }, { preferences }) => bodyJson(body, preferences),
  sender: ({ sender, from }) => recipient(sender ?? from),
  from: ({ from }) => recipient(from),
  toRecipients: ({ to }) => to.map(recipient),
  ccRecipients: ({ cc }) => cc.map(recipient),
  bccRecipients: ({ bcc }) => bcc.map(recipient),
  replyTo: ({ replyTo }) => replyTo.map(recipient),
  flag: ({ flagStatus }) => ({ flagStatus }),
}

/** Sent copies have no headers, even on request, because they were never received. */
function internetMessageHeaders(message: Message, { folderOf }: MessageViewOptions): unknown {
  const where = folderOf(message)?.wellKnownName
  if (where === 'sentitems' || where === 'outbox' || message.headers.length === 0) return undefined
  return message.headers.map(({ name, value }) => ({ name, value }))
}

function bodyJson(body: Body, { bodyContentType, unsafeHtml }: Preferences): Body {
  if (bodyContentType === 'text') {
    return body.contentType === 'text' ? body : { contentType: 'text', content: htmlToText(body.content) }
  }
  if (body.contentType === 'text') return { contentType: 'html', content: textToHtml(body.content) }
  return unsafeHtml ? body : { contentType: 'html', content: safeHtml(body.content) }
}

export function textToHtml(text: string): string {
  const lines = escapeHtml(text).replaceAll(/\r?\n/g, '<br>\r\n')
  return (
    '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>' +
    `<body>\r\n<div>${lines}</div>\r\n</body></html>`
  )
}

function recipient(address: Address | undefined): unknown {
  return address && { emailAddress: { name: address.name, address: address.address } }
}
