import { AppError } from '../kernel/errors.ts'
import { isAddress } from './address.ts'
import type { OutgoingAttachment, OutgoingMessage } from './message.ts'
import { formatMessageIds, isMessageId } from './message-ids.ts'

/** The first field follows the standard (RFC 3834 §5), the second is for Exchange. */
const AUTOMATIC = { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' }
const GENERATED = { ...AUTOMATIC, 'Auto-Submitted': 'auto-generated' }
const MOST_RECIPIENTS = 1000
const LONGEST_SUBJECT = 998
const LONGEST_NAME = 255
const LONGEST_WORD_BYTES = 45

/**
 * Composes the source of a message (RFC 5322, RFC 2045). It has the given Message-ID and date, the ids it replies to,
 * and Bcc, which the server removes when it sends. Composing the same message twice differs only in the boundaries
 * between its parts.
 *
 * @throws {AppError} `mail.header_refused` when a value would inject another header line, or isn't an address
 */
export async function composeMime(message: OutgoingMessage): Promise<Buffer> {
  check(message)
  const { messageId, sentAt, from, sender, replyTo = [], to, cc, bcc, subject, inReplyTo, references } = message
  // Loaded when mail is sent: the threads that parse mail import this room, and start in less time without it.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const composer = new MailComposer({
    messageId: `<${messageId}>`,
    date: sentAt,
    from,
    ...(sender && { sender }),
    ...(replyTo.length > 0 && { replyTo: [...replyTo] }),
    to: [...to],
    cc: [...cc],
    bcc: [...bcc],
    subject: looksEncoded(subject) ? encodedWords(subject) : subject,
    ...(inReplyTo.length > 0 && { inReplyTo: formatMessageIds(inReplyTo) }),
    ...(references.length > 0 && { references: formatMessageIds(references) }),
    ...(message.text !== undefined && { text: message.text }),
    ...(message.html !== undefined && { html: message.html }),
    headers: {
      ...asTheyAre(message.headers ?? {}),
      ...(message.isAutomatic && AUTOMATIC),
      ...(message.isGenerated && GENERATED),
    },
    attachments: message.attachments.map(attachmentOf),
    // Attachments are passed as content. Paths and URLs in the content are never loaded.
    disableFileAccess: true,
    disableUrlAccess: true,
    xMailer: false,
    newline: '\r\n',
  })
  const root = composer.compile()
  root.keepBcc = true
  encodeLookAlikes(root as unknown as NameEncoder)
  return root.build()
}

/**
 * Removes Bcc for SMTP submission, which hides these recipients from the others (RFC 5322 §3.6.3). Our own copy keeps
 * the field.
 */
export function withoutBcc(mime: Buffer): Buffer {
  const end = mime.indexOf('\r\n\r\n')
  const head = mime.toString('latin1', 0, end < 0 ? mime.length : end + 2)
  // Includes its continuation lines.
  const open = head.replaceAll(/^bcc[ \t]*:.*\r\n(?:[ \t].*\r\n)*/gim, '')
  return end < 0 ? Buffer.from(open, 'latin1') : Buffer.concat([Buffer.from(open, 'latin1'), mime.subarray(end + 2)])
}

interface NameEncoder {
  _encodeAddressName(name: string): string
}

/**
 * Encodes names that look encoded. They would otherwise be put in quotes, and many clients decode them there
 * nevertheless.
 */
function encodeLookAlikes(root: NameEncoder): void {
  const encodeName = root._encodeAddressName.bind(root)
  root._encodeAddressName = (name) => (looksEncoded(name) ? encodedWords(name) : encodeName(name))
}

function looksEncoded(text: string): boolean {
  return text.includes('=?')
}

/**
 * Encodes text so that it arrives as typed, even when it looks like an encoded word itself (RFC 2047 §2: 75
 * characters).
 */
function encodedWords(text: string): string {
  const chunks = ['']
  for (const character of text.toWellFormed()) {
    const longer = chunks.at(-1)! + character
    if (Buffer.byteLength(longer) > LONGEST_WORD_BYTES) chunks.push(character)
    else chunks.splice(-1, 1, longer)
  }
  return chunks.map((chunk) => `=?UTF-8?B?${Buffer.from(chunk).toString('base64')}?=`).join(' ')
}

function attachmentOf({ name, contentType, contentId, isInline, content }: OutgoingAttachment) {
  return {
    filename: name,
    // A message or multipart attachment can't be encoded as base64, and its inner parts would become parts of our
    // message (RFC 2045 §6.4).
    contentType: /^(?:multipart|message)\//i.test(contentType) ? 'application/octet-stream' : contentType,
    content,
    contentDisposition: isInline ? ('inline' as const) : ('attachment' as const),
    ...(contentId !== undefined && { cid: contentId }),
  }
}

function check(message: OutgoingMessage): void {
  const { from, sender, replyTo = [], to, cc, bcc, subject, messageId, inReplyTo, references, attachments } = message
  const recipients = [...to, ...cc, ...bcc]
  const addresses = [from, ...(sender ? [sender] : []), ...replyTo, ...recipients]
  const isFine =
    Number.isFinite(message.sentAt.getTime()) &&
    recipients.length <= MOST_RECIPIENTS &&
    addresses.every((each) => isAddress(each.address) && isLine(each.name, LONGEST_NAME)) &&
    isLine(subject, LONGEST_SUBJECT) &&
    Object.entries(message.headers ?? {}).every(
      ([name, value]) => isCustomHeaderName(name) && isCustomHeaderValue(value),
    ) &&
    [messageId, ...inReplyTo, ...references].every(isMessageId) &&
    attachments.every(
      ({ name, contentType, contentId }) =>
        isLine(name, LONGEST_NAME) &&
        /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:;[\x20-\x7e]{0,500})?$/.test(contentType) &&
        (contentId === undefined || isMessageId(contentId)),
    )
  if (!isFine) throw new AppError('mail.header_refused')
}

/**
 * Fields that Exchange interprets, or deletes from mail of others, can't be set.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow/mail-routing/header-firewall
 */
const CUSTOM_NAME = /^X-(?!MS-|Microsoft-|Auto-Response-Suppress$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,68}[A-Za-z0-9])?$/i
/** Printable ASCII, without spaces around it, which get lost, and encoded words, which arrive decoded. */
const CUSTOM_VALUE = /^(?! )(?![\x20-\x7e]*=\?)[\x20-\x7e]{1,900}(?<! )$/

export function isCustomHeaderName(name: string): boolean {
  return CUSTOM_NAME.test(name)
}

export function isCustomHeaderValue(value: string): boolean {
  return CUSTOM_VALUE.test(value)
}

/** Fields whose values arrive as given: folded at spaces, and never encoded. */
function asTheyAre(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { prepared: true, foldLines: true, value }]),
  )
}

/** Returns true for one line of limited length, without control characters that could end it. */
function isLine(text: string, longest: number): boolean {
  return text.length <= longest && !/[\p{Cc}\u2028\u2029]/u.test(text)
}
