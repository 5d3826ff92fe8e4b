import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser'
import { fieldValue, type Header, messageIds, readHeaderBlock } from '../exchange-online/mime/index.ts'

/** A message as an external recipient reads it. */
export interface ReadMail {
  subject: string
  from: string
  to: string
  cc: string
  /** With angle brackets. */
  messageId: string | undefined
  inReplyTo: string[]
  references: string[]
  /** All header fields in order, unfolded, otherwise unchanged. */
  headers: Header[]
  text: string | undefined
  /** Original HTML, with inline images as `data:`. Untrusted: only for a sandboxed frame. */
  html: string | undefined
  attachments: { name: string; contentType: string; content: Buffer }[]
}

const EMPTY: Pick<ParsedMail, 'attachments' | 'html'> & Partial<ParsedMail> = { attachments: [], html: false }

/** Parses a message; from broken MIME it returns the readable parts. Never throws. */
export async function readMail(mime: Uint8Array): Promise<ReadMail> {
  const bytes = Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength)
  const { fields, bodyStart } = readHeaderBlock(bytes)
  const mail = await simpleParser(bytes, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    keepDeliveryStatus: true,
    checksumAlgo: 'sha1',
  }).catch(() => ({ ...EMPTY, text: bytes.subarray(bodyStart).toString('utf8') }))

  return {
    ...summaryOf(mail, fields),
    headers: fields,
    text: mail.text === '' ? undefined : mail.text,
    html: typeof mail.html === 'string' && mail.html !== '' ? mail.html : undefined,
    attachments: mail.attachments.map(({ filename, contentType, content }, index) => ({
      name: filename ?? `attachment-${index + 1}`,
      contentType,
      content,
    })),
  }
}

export type MailSummary = Pick<ReadMail, 'subject' | 'from' | 'to' | 'cc' | 'messageId' | 'inReplyTo' | 'references'>

/** Summary for a list, from the first bytes of a message. */
export async function readSummary(beginning: Uint8Array): Promise<MailSummary> {
  const bytes = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.byteLength)
  const { fields, bodyStart } = readHeaderBlock(bytes)
  return summaryOf(await simpleParser(bytes.subarray(0, bodyStart)).catch(() => EMPTY), fields)
}

function summaryOf(mail: Partial<ParsedMail>, fields: Header[]): MailSummary {
  return {
    subject: mail.subject ?? '',
    from: addressText(mail.from),
    to: addressText(mail.to),
    cc: addressText(mail.cc),
    messageId: messageIds(fieldValue(fields, 'message-id'))[0],
    inReplyTo: messageIds(fieldValue(fields, 'in-reply-to')),
    references: messageIds(fieldValue(fields, 'references')),
  }
}

function addressText(field: AddressObject | AddressObject[] | undefined): string {
  return [field ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ')
}

/** With angle brackets. */
export function readMessageId(mime: Uint8Array): string | undefined {
  return messageIds(fieldValue(readHeaderBlock(mime).fields, 'message-id'))[0]
}
