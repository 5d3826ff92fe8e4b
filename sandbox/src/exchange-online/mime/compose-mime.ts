import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import { isFieldName, oneLine } from './header-fields.ts'
import { htmlToText } from './html-text.ts'
import type { Address, AttachmentContent, Header, MessageContent } from './message-content.ts'

export interface ComposeOptions {
  /** MAPI's conversation index, written as `Thread-Index`, with `Thread-Topic` beside it. */
  conversationIndex?: Uint8Array
  /** Keeps `Bcc`, for a stored copy; a message on the wire has none. @default false */
  keepBcc?: boolean
}

/** Fields composed from the message's parts, or specific to one delivered copy. */
const OWN_FIELDS =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|importance|x-priority|x-msmail-priority|priority|thread-index|thread-topic|disposition-notification-to|return-receipt-to|received|return-path|delivered-to|resent-.*|dkim-signature|arc-.*|authentication-results|received-spf)$/i

/**
 * Composes a message as MIME: HTML with a text alternative, inline files as related parts, other files and items
 * (message/rfc822) as attachments. Reference attachments are links and are omitted.
 */
export async function composeMime(
  content: MessageContent,
  attachments: readonly AttachmentContent[],
  { conversationIndex, keepBcc = false }: ComposeOptions = {},
): Promise<Uint8Array> {
  const isHtml = content.body.contentType === 'html'
  const onBehalf = content.sender && content.sender.address !== content.from?.address ? copyOf([content.sender]) : []
  const message = new MailComposer({
    ...(content.from ? { from: copyOf([content.from])[0]! } : {}),
    ...(onBehalf[0] ? { sender: onBehalf[0] } : {}),
    to: copyOf(content.to),
    cc: copyOf(content.cc),
    bcc: copyOf(content.bcc),
    replyTo: copyOf(content.replyTo),
    subject: oneLine(content.subject),
    messageId: oneLine(content.internetMessageId),
    inReplyTo: oneLine(content.inReplyTo.join(' ')),
    references: content.references.map(oneLine),
    date: new Date(content.sentAt),
    text: isHtml ? htmlToText(content.body.content) : content.body.content,
    ...(isHtml ? { html: content.body.content } : {}),
    attachments: attachments.filter(({ kind }) => kind !== 'reference').map(toPart),
    headers: furtherFields(content, conversationIndex).map(({ name, value }) => ({ key: name, value })),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
    baseBoundary: boundaryOf(content),
  }).compile()
  message.keepBcc = keepBcc
  return new Uint8Array(await message.build())
}

/** Subject without `RE:` and `FW:`; Outlook calls it the topic. */
export function removePrefixes(subject: string): string {
  return oneLine(subject).replace(/^(?:\s*[a-z]{1,3}:\s+)+/i, '')
}

/** Constant boundary for each message: IMAP may fetch it in pieces, which must fit together. */
function boundaryOf({ internetMessageId, subject, sentAt }: MessageContent): string {
  return createHash('sha256').update(`${internetMessageId} ${sentAt} ${subject}`).digest('hex').slice(0, 32)
}

function furtherFields(content: MessageContent, conversationIndex: Uint8Array | undefined): Header[] {
  const fields = content.headers.filter(({ name }) => isFieldName(name) && !OWN_FIELDS.test(name))
  const more: Header[] = fields.map(({ name, value }) => ({ name, value: oneLine(value) }))
  if (content.importance !== 'normal') {
    more.push(
      { name: 'Importance', value: content.importance },
      { name: 'X-Priority', value: content.importance === 'high' ? '1' : '5' },
    )
  }
  const writer = content.sender ?? content.from
  if (content.isReadReceiptRequested && writer) {
    more.push({ name: 'Disposition-Notification-To', value: `<${oneLine(writer.address)}>` })
  }
  if (content.isDeliveryReceiptRequested && writer) {
    more.push({ name: 'Return-Receipt-To', value: `<${oneLine(writer.address)}>` })
  }
  if (conversationIndex && conversationIndex.length > 0) {
    more.push(
      { name: 'Thread-Topic', value: removePrefixes(content.subject) },
      { name: 'Thread-Index', value: Buffer.from(conversationIndex).toString('base64') },
    )
  }
  return more.filter(({ value }) => value !== '')
}

function toPart(attachment: AttachmentContent) {
  const { content } = attachment
  return {
    filename: oneLine(attachment.name),
    contentType: oneLine(attachment.contentType) || 'application/octet-stream',
    contentDisposition: attachment.isInline ? 'inline' : 'attachment',
    ...(attachment.contentId === undefined ? {} : { cid: oneLine(attachment.contentId) }),
    content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
  }
}

function copyOf(addresses: readonly Address[]): Address[] {
  // Copies, because nodemailer modifies the given objects.
  return addresses.map(({ name, address }) => ({ name: oneLine(name), address: oneLine(address) }))
}
