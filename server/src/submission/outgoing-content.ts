import { createHash } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import { storable } from '../conversations/index.ts'
import { isCustomHeaderName, isCustomHeaderValue, type Address } from '../mail/index.ts'
import type { TransportLimits } from '../transports/index.ts'
import type { SendingLimits, SubmissionContent, SubmissionRequest } from './submission.ts'

const MEGABYTE = 1024 * 1024

/**
 * Default limits of Exchange Online: 35 MB as base64, equal to 25 MB of content; 500 recipients; 250 attachments.
 *
 * @see
 *   https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
 */
const EXCHANGE_ONLINE: SendingLimits = {
  messageBytes: 25 * MEGABYTE,
  attachmentBytes: 25 * MEGABYTE,
  bodyBytes: MEGABYTE,
  attachments: 250,
  recipients: 500,
}

const LONGEST_SUBJECT = 998
const LONGEST_NAME = 255
/** Maximum length of an address without brackets (RFC 5321 §4.5.3.1.3). */
const LONGEST_ADDRESS = 254

/** Lower of the limits of the protocol and the mailbox. */
export function limitsOn({ messageBytes, attachmentBytes }: TransportLimits): SendingLimits {
  return {
    ...EXCHANGE_ONLINE,
    messageBytes: Math.min(EXCHANGE_ONLINE.messageBytes, messageBytes),
    attachmentBytes: Math.min(EXCHANGE_ONLINE.attachmentBytes, attachmentBytes),
  }
}

/**
 * Rejects an invalid message before any of it is stored. A line break in a header field would let an author inject
 * further fields (RFC 5322 §2.2), so it is rejected and never removed.
 *
 * @throws {AppError} with a detail that names the field
 */
export function checkContent(content: SubmissionContent, limits: SendingLimits): void {
  const recipients = [...content.to, ...content.cc, ...content.bcc]
  if (recipients.length === 0) throw new AppError('submission.no_recipient')
  if (recipients.length > limits.recipients) throw new AppError('submission.too_many_recipients')
  recipients.forEach(checkAddress)

  checkLine('subject', content.subject, LONGEST_SUBJECT)
  for (const { name, contentType, contentId } of content.attachments) {
    checkLine('attachment name', name, LONGEST_NAME)
    checkLine(`content type of ${name}`, contentType, LONGEST_NAME)
    checkLine(`content id of ${name}`, contentId ?? '', LONGEST_NAME)
  }
  for (const [name, value] of Object.entries(content.headers ?? {})) {
    if (!isCustomHeaderName(name) || !isCustomHeaderValue(value))
      throw new AppError('submission.line_break', { detail: name })
  }
  checkSizes(content, limits)
}

function checkAddress({ name, address }: Address): void {
  checkLine('display name', name, LONGEST_NAME)
  checkLine('address', address, LONGEST_ADDRESS)
  if (!/^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/u.test(address)) {
    throw new AppError('submission.recipient_malformed', { detail: address === '' ? 'an empty address' : address })
  }
}

function checkLine(field: string, value: string, longest: number): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw new AppError('submission.line_break', { detail: field })
  if (value.length > longest) {
    throw new AppError('submission.too_large', { detail: `${field}: at most ${longest} characters` })
  }
}

function checkSizes(content: SubmissionContent, limits: SendingLimits): void {
  const sizes = content.attachments.map(({ name, content: bytes }) => ({ name, sizeBytes: bytes.length }))
  const bodyBytes = Buffer.byteLength(content.text ?? '') + Buffer.byteLength(content.html ?? '')
  if (bodyBytes > limits.bodyBytes) throw tooLarge('text', limits.bodyBytes)
  checkAttachmentSizes(sizes, limits, bodyBytes)
}

/** Checks attachment sizes, also for drafts, so that the author sees an exceeded limit immediately. */
export function checkAttachmentSizes(
  attachments: readonly { name: string; sizeBytes: number }[],
  limits: SendingLimits,
  bodyBytes = 0,
): void {
  if (attachments.length > limits.attachments) {
    throw new AppError('submission.too_large', { detail: `at most ${limits.attachments} attachments` })
  }
  let total = bodyBytes
  for (const { name, sizeBytes } of attachments) {
    if (sizeBytes > limits.attachmentBytes) throw tooLarge(name, limits.attachmentBytes)
    total += sizeBytes
  }
  if (total > limits.messageBytes) throw tooLarge('message with its attachments', limits.messageBytes)
}

function tooLarge(what: string, bytes: number): AppError {
  return new AppError('submission.too_large', { detail: `${what}: at most ${(bytes / MEGABYTE).toFixed(1)} MB` })
}

/** Removes characters that the database rejects, as for drafts. Text copied from a web page may contain them. */
export function storableText(content: Omit<SubmissionContent, 'attachments'>): Omit<SubmissionContent, 'attachments'> {
  const { to, cc, bcc, subject, text, html, headers } = content
  const list = (addresses: readonly Address[]) =>
    addresses.map(({ name, address }) => ({ name: storable(name), address: storable(address) }))
  return {
    ...{ to: list(to), cc: list(cc), bcc: list(bcc), subject: storable(subject) },
    text: text === undefined ? undefined : storable(text),
    html: html === undefined ? undefined : storable(html),
    ...(headers && { headers }),
  }
}

/** Hash that is equal for repeated requests of any caller. */
export function requestHash({
  conversationId,
  replyToMessageId,
  draftId,
  identityId,
  sendAt,
  content,
  asGiven,
}: SubmissionRequest): Buffer {
  const { to, cc, bcc, subject, text, html, attachments, headers } = content
  const hash = createHash('sha256')
  const addresses = [to, cc, bcc].map((list) => list.map(({ name, address }) => [name, address]))
  // Only the draft's id is part of the hash: by the time of a repetition, its attachments are deleted.
  const ids = [conversationId, replyToMessageId, draftId].map((id): string | null => id ?? null)
  // Omitted if undefined, which keeps the hashes of earlier versions valid.
  if (identityId !== undefined) ids.push(identityId)
  if (sendAt !== undefined) ids.push(sendAt.toISOString())
  if (headers !== undefined) ids.push(JSON.stringify(Object.entries(headers).toSorted()))
  if (asGiven !== undefined) return hash.update(JSON.stringify([...ids, addresses, subject, { asGiven }])).digest()
  hash.update(JSON.stringify([...ids, addresses, subject, text, html]))
  for (const { name, contentType, contentId, isInline, content: bytes } of attachments) {
    hash.update(JSON.stringify([name, contentType, contentId ?? null, isInline, bytes.length])).update(bytes)
  }
  return hash.digest()
}
