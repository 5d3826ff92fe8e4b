import {
  readAuthentication,
  findAutomaticMark,
  parseMessageIds,
  type Address,
  type Marks,
  type MessageBody,
  type RemoteAttachment,
} from '../mail/index.ts'
import { readAddresses } from './addresses.ts'
import { isBlankText, joined, sortParts, readText } from './body.ts'
import { BOUNDS, Findings } from './bounds.ts'
import { findInvitation } from './calendar.ts'
import { isTnef, openTnef, withoutUuencode, type Contained } from './contained.ts'
import { fileName } from './file-name.ts'
import { findField, toBuffer, words, type HeaderField } from './header.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'
import { readParts, type Part } from './part-tree.ts'
import { quickPreview } from './preview.ts'
import { findProtection } from './protection.ts'
import { findDeliveryReport, findReadReceipt } from './reports.ts'
import { decodeBytes, decodedSize } from './transfer-encoding.ts'

/** Header fields about the origin of a message and about automatic replies, kept for later evaluation. */
const KEPT_FIELDS = new Set(['auto-submitted', 'precedence', 'x-auto-response-suppress', 'list-id', 'list-unsubscribe', 'return-path', 'delivered-to', 'authentication-results', 'content-type', 'x-failed-recipients']) // prettier-ignore
const MOST_KEPT = 40
const LONGEST_KEPT = 4000
const MOST_SENDERS = 20
const LONGEST_DATE = 300

/** Parses a whole source on the calling thread. `createParser` does it on another thread. */
export function parseMessage(given: Uint8Array, hints: ParseHints = {}): ParsedMessage {
  const findings = new Findings()
  const source = toBuffer(given)
  if (source.length > BOUNDS.sourceBytes) {
    findings.broke('too_big', `${source.length} bytes, and at most ${BOUNDS.sourceBytes} are read`)
    return parsed(source.subarray(0, BOUNDS.headerBytes), hints, findings)
  }
  return parsed(source, hints, findings)
}

function parsed(source: Buffer, hints: ParseHints, findings: Findings): ParsedMessage {
  const root = readParts(source, findings)
  const textsByPart = new Map<Part, string>()
  const textIn = (part: Part): string => {
    const text = textsByPart.get(part) ?? readText(source, part, findings)
    textsByPart.set(part, text)
    return text
  }
  const { texts, others } = sortParts(root, (part) => isBlankText(part.type, textIn(part)))
  const files: { number: string; file: Contained }[] = []

  const read = texts.map((part) => {
    const isHtml = part.type === 'text/html'
    const { text, files: found } = isHtml ? { text: textIn(part), files: [] } : withoutUuencode(textIn(part), findings)
    for (const [index, file] of found.entries()) files.push({ number: `${part.number}!${index + 1}`, file })
    return { isHtml, text }
  })
  let hasTexts = read.some(({ text }) => text.trim() !== '')
  for (const part of others.filter(isTnef)) {
    const opened = openTnef(source, part, findings)
    for (const [index, file] of (opened?.files ?? []).entries())
      files.push({ number: `${part.number}!${index + 1}`, file })
    const { html, text } = opened?.tnef ?? {}
    if (hasTexts || (html ?? text) === undefined) continue
    read.push({ isHtml: html !== undefined, text: html ?? text ?? '' })
    hasTexts = true
  }
  const calendar = calendarIn(source, others, findings)
  if (!hasTexts && calendar?.description) read.push({ isHtml: false, text: calendar.description })

  const body = joined(read, findings)
  const attachments = attachmentsOf(source, others, files, body, findings)
  return assembled(root, { source, body, attachments, invitation: calendar?.invitation, hints, findings })
}

function calendarIn(source: Buffer, others: readonly Part[], findings: Findings) {
  const part = others.find(
    ({ type, fileName: name }) => type === 'text/calendar' || type === 'application/ics' || /\.ics$/i.test(name ?? ''),
  )
  return part && findInvitation(readText(source, part, findings), findings)
}

/** Returns the attachments. A part is inline when the text refers to it, regardless of its disposition. */
function attachmentsOf(
  source: Buffer,
  parts: readonly Part[],
  contained: readonly { number: string; file: Contained }[],
  body: MessageBody,
  findings: Findings,
): RemoteAttachment[] {
  const shown = shownIn(body)
  const inline = (contentId: string | undefined) => contentId !== undefined && shown.has(contentId)
  const ofParts = parts.map((part): RemoteAttachment => {
    const isMessage = part.type === 'message/rfc822' || part.type === 'message/global'
    const given = isMessage ? nameOfMessage(part.fileName ?? subjectOfMessage(source, part, findings)) : part.fileName
    return {
      remoteId: part.number,
      name: fileName(given, part.type, findings),
      contentType: part.type,
      sizeBytes: decodedSize(source, part),
      contentId: part.contentId,
      isInline: inline(part.contentId),
      kind: isMessage ? 'item' : 'file',
    }
  })
  const ofContained = contained.map(({ number, file: { name, contentType, contentId, content } }): RemoteAttachment => {
    const sizeBytes = content.length
    return { remoteId: number, name, contentType, sizeBytes, contentId, isInline: inline(contentId), kind: 'file' }
  })
  return [...ofParts, ...ofContained]
}

function shownIn({ type, content }: MessageBody): ReadonlySet<string> {
  if (type !== 'html') return new Set()
  const found = content.matchAll(/\bcid:([^"'\s>)]{1,1000})/gi)
  return new Set([...found].map(([, id = '']) => percentDecoded(id)))
}

function percentDecoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/** Returns the name of an attached message, with the extension that mail programs recognize. */
function nameOfMessage(name: string | undefined): string | undefined {
  return name === undefined || /\.eml$/i.test(name) ? name : `${name}.eml`
}

function subjectOfMessage(source: Buffer, part: Part, findings: Findings): string | undefined {
  const bytes = decodeBytes(source, part, findings).subarray(0, BOUNDS.fieldBytes)
  const subject = words(findField(readParts(headerOf(bytes), new Findings()).fields, 'subject'))
  return subject === '' ? undefined : subject.slice(0, 200).replaceAll(/[/\\]/g, '-')
}

function headerOf(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\n\r\n')
  const bare = bytes.indexOf('\n\n')
  const ends = [end, bare].filter((at) => at >= 0)
  return ends.length === 0 ? bytes : bytes.subarray(0, Math.min(...ends) + 1)
}

interface Pieces {
  source: Buffer
  body: MessageBody
  attachments: RemoteAttachment[]
  invitation: Marks['invitation']
  hints: ParseHints
  findings: Findings
}

function assembled(root: Part, { source, body, attachments, invitation, hints, findings }: Pieces): ParsedMessage {
  const { fields } = root
  const ids = (name: string) => parseMessageIds(fields.filter((field) => field.name === name).map(({ value }) => value).join(' ')) // prettier-ignore
  const senders = readAddresses(fields, 'from')
  const [from] = senders
  if (!from || findField(fields, 'date') === undefined) findings.defect('header_missing')
  const deliveryReport = findDeliveryReport(source, root, findings)
  const readReceipt = findReadReceipt(source, root, findings)
  const { quarantine } = findings
  const addresses = senders.map(({ address }) => address)
  const authentication = readAuthentication(fields, hints.trustedAuthServId, addresses)
  const marks: Marks = {
    automatic: findAutomaticMark(fields),
    deliveryReport,
    readReceipt,
    invitation,
    list: listOf(fields),
    authentication: quarantine ? withoutPass(authentication) : authentication,
    senders: severalOf(senders),
    protection: findProtection(root, body),
    quarantine,
    defects: findings.defects.size === 0 ? undefined : [...findings.defects],
  }
  return {
    messageId: ids('message-id')[0],
    inReplyTo: ids('in-reply-to'),
    references: ids('references'),
    subject: words(findField(fields, 'subject')).slice(0, BOUNDS.subjectLength).toWellFormed(),
    from,
    sender: readAddresses(fields, 'sender')[0],
    to: readAddresses(fields, 'to'),
    cc: readAddresses(fields, 'cc'),
    bcc: readAddresses(fields, 'bcc'),
    replyTo: readAddresses(fields, 'reply-to'),
    sentAt: dateOf(findField(fields, 'date')),
    preview: quickPreview(body),
    body,
    hasAttachments: attachments.length > 0,
    headers: fields
      .filter(({ name }) => KEPT_FIELDS.has(name))
      .slice(0, MOST_KEPT)
      .map(({ name, value }) => ({ name, value: value.slice(0, LONGEST_KEPT) })),
    attachments,
    marks,
    ...(quarantine && { quarantined: { reason: quarantine.reason } }),
  }
}

function listOf(fields: readonly HeaderField[]): Marks['list'] {
  const listId = words(findField(fields, 'list-id'))
  const unsubscribe = findField(fields, 'list-unsubscribe')?.slice(0, LONGEST_KEPT)
  if (!listId && !unsubscribe) return undefined
  const [, id] = /<([^<>]{1,255})>/.exec(listId) ?? []
  const name = listId.replace(/<[^<>]*>/, '').replaceAll('"', '').trim().slice(0, 200) // prettier-ignore
  return { id: id ?? (listId.slice(0, 255) || undefined), name: name || undefined, unsubscribe }
}

/** Removes a `pass` verdict: a partly read header may lack another From. */
export function withoutPass(mark: Marks['authentication']): Marks['authentication'] {
  return mark?.verdict === 'pass' ? { ...mark, verdict: 'none' } : mark
}

function severalOf(senders: readonly Address[]): Marks['senders'] {
  return senders.length > 1 ? senders.slice(0, MOST_SENDERS) : undefined
}

/**
 * Parses a date (RFC 5322 §3.3) with obsolete zones and comments. Years in which mail didn't exist are treated as
 * errors.
 */
function dateOf(value: string | undefined): Date | undefined {
  if (!value) return undefined
  const plain = words(value.slice(0, LONGEST_DATE)).replaceAll(/\([^()]*\)/g, ' ').replace(/\s+UT$/, ' GMT').trim() // prettier-ignore
  const time = new Date(Date.parse(plain))
  const year = time.getUTCFullYear()
  return year >= 1970 && year < 2200 ? time : undefined
}
