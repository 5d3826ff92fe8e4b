import { type AddressObject, type Attachment, type ParsedMail, simpleParser } from 'mailparser'
import { fieldValue, oneLine, readHeaderBlock } from './header-fields.ts'
import type { Address, AttachmentContent, Body, Header, MessageContent } from './message-content.ts'

export interface ParsedMime {
  content: Omit<MessageContent, 'sentAt' | 'internetMessageId'> & {
    /** `undefined` when the message has no readable `Date`. */
    sentAt: number | undefined
    internetMessageId: string | undefined
  }
  attachments: AttachmentContent[]
  /** The `Thread-Index` field of Outlook and Exchange. */
  threadIndex: Uint8Array | undefined
  /** Description of a parse error; the message then contains the readable parts. */
  problem: string | undefined
}

const MOST_ADDRESSES = 5000
const MOST_MESSAGE_IDS = 500

/** Parses a message. Never throws: from broken MIME it returns the readable parts, at worst the raw body as text. */
export async function parseMime(mime: Uint8Array): Promise<ParsedMime> {
  const bytes = Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength)
  const { fields, bodyStart } = readHeaderBlock(bytes)
  let mail: Pick<ParsedMail, 'attachments' | 'html' | 'text'> & Partial<ParsedMail>
  let problem: string | undefined
  try {
    mail = await simpleParser(bytes, {
      keepCidLinks: true,
      skipImageLinks: true,
      skipHtmlToText: true,
      skipTextLinks: true,
      keepDeliveryStatus: true,
      ignoreEmbedded: true,
      checksumAlgo: false,
    })
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
    mail = { attachments: [], text: bytes.subarray(bodyStart).toString('utf8') }
  }

  return {
    content: {
      subject: oneLine(mail.subject ?? fieldValue(fields, 'subject') ?? ''),
      body: bodyOf(mail),
      from: addresses(mail.from)[0],
      sender: addresses(mail.headers?.get('sender'))[0],
      to: addresses(mail.to),
      cc: addresses(mail.cc),
      bcc: addresses(mail.bcc),
      replyTo: addresses(mail.replyTo),
      internetMessageId: messageIds(fieldValue(fields, 'message-id'))[0],
      references: messageIds(fieldValue(fields, 'references')),
      inReplyTo: messageIds(fieldValue(fields, 'in-reply-to')),
      sentAt: dateOf(fieldValue(fields, 'date')),
      importance: importanceOf(fields),
      isDeliveryReceiptRequested: fieldValue(fields, 'return-receipt-to') !== undefined,
      isReadReceiptRequested: fieldValue(fields, 'disposition-notification-to') !== undefined,
      headers: fields,
    },
    attachments: await Promise.all(mail.attachments.map(toAttachment)),
    threadIndex: decodeBase64(fieldValue(fields, 'thread-index')),
    problem,
  }
}

/** Message ids of `References` and similar fields; missing angle brackets are added. */
export function messageIds(value: string | undefined): string[] {
  if (value === undefined) return []
  const bracketed = value.match(/<[^<>\s]+>/g)
  const ids = bracketed ?? value.split(/[\s,;<>]+/).flatMap((id) => (id === '' ? [] : [`<${id}>`]))
  return ids.slice(-MOST_MESSAGE_IDS)
}

function bodyOf(mail: Pick<ParsedMail, 'html' | 'text'>): Body {
  if (typeof mail.html === 'string' && mail.html !== '') return { contentType: 'html', content: mail.html }
  return { contentType: 'text', content: mail.text ?? '' }
}

function addresses(header: unknown): Address[] {
  const objects = (Array.isArray(header) ? header : [header]) as (AddressObject | undefined)[]
  return objects
    .flatMap((object) => (object && typeof object === 'object' && 'value' in object ? object.value : []))
    .flatMap((entry) => (entry.group ? entry.group : [entry]))
    .flatMap(({ name, address }) => {
      const mailbox = { name: oneLine(name), address: oneLine(address ?? '') }
      if (mailbox.address === '' && mailbox.name === '') return []
      return [{ name: mailbox.name === '' ? mailbox.address : mailbox.name, address: mailbox.address }]
    })
    .slice(0, MOST_ADDRESSES)
}

/** Last date that ISO 8601 writes with a four-digit year; clients can't read later ones. */
const LAST_DATE = Date.UTC(9999, 11, 31)

function dateOf(value: string | undefined): number | undefined {
  // RFC 5322 allows comments ("(CET)"), Date.parse does not.
  const date = Date.parse(value?.replace(/\([^()]*\)/g, ' ') ?? '')
  return date >= 0 && date < LAST_DATE ? date : undefined
}

function decodeBase64(value: string | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : new Uint8Array(Buffer.from(value, 'base64'))
}

/** `Importance` takes precedence over `Priority` and `X-Priority`, which older clients write. */
function importanceOf(fields: readonly Header[]): MessageContent['importance'] {
  const importance = fieldValue(fields, 'importance')?.trim().toLowerCase()
  if (importance === 'high' || importance === 'low' || importance === 'normal') return importance
  const priority = /^\s*([1-5])/.exec(fieldValue(fields, 'x-priority') ?? '')?.[1]
  if (priority !== undefined) return priority < '3' ? 'high' : priority > '3' ? 'low' : 'normal'
  const words = fieldValue(fields, 'priority')?.trim().toLowerCase()
  return words === 'urgent' ? 'high' : words === 'non-urgent' ? 'low' : 'normal'
}

async function toAttachment(attachment: Attachment, index: number): Promise<AttachmentContent> {
  // mailparser replaces application/octet-stream by a type derived from the file name; the sender's declared type is
  // kept here.
  const declared = attachment.headers.get('content-type')
  const contentType = oneLine(
    typeof declared === 'object' && 'value' in declared && typeof declared.value === 'string'
      ? declared.value.toLowerCase()
      : attachment.contentType,
  )
  const isItem = contentType === 'message/rfc822'
  const contentId = attachment.cid === undefined || attachment.cid === '' ? undefined : oneLine(attachment.cid)
  return {
    kind: isItem ? 'item' : 'file',
    name:
      oneLine(attachment.filename ?? '') ||
      (isItem ? await subjectOf(attachment.content) : unnamed(index, contentType)),
    contentType,
    isInline:
      contentId !== undefined && (attachment.related === true || attachment.contentDisposition === 'inline') && !isItem,
    contentId,
    content: attachment.content,
    sourceUrl: undefined,
  }
}

/** Exchange's name for an attachment without one. */
function unnamed(index: number, contentType: string): string {
  const extension = { 'text/calendar': 'ics', 'message/delivery-status': 'dat', 'text/rfc822-headers': 'txt' }
  const known = (extension as Record<string, string | undefined>)[contentType]
  return `ATT${String(index + 1).padStart(5, '0')}.${known ?? /^(?:image|text)\/([a-z0-9]+)$/.exec(contentType)?.[1] ?? 'dat'}`
}

async function subjectOf(message: Buffer): Promise<string> {
  const head = message.subarray(0, readHeaderBlock(message).bodyStart)
  const subject = await simpleParser(head).then(
    (mail) => mail.subject,
    () => undefined,
  )
  return oneLine(subject ?? '') || 'ATT00001.eml'
}
