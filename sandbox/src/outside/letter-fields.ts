import addressparser from 'nodemailer/lib/addressparser'
import { isFieldName, type Address } from '../exchange-online/mime/index.ts'
import { isAddress } from '../exchange-online/transport/index.ts'
import type { MailDrop } from './mail-drop.ts'
import { readSummary } from './outside-mail.ts'
import { OutsideError } from './outside-error.ts'
import type { LetterDraft } from './outside.ts'

const MOST_RECIPIENTS = 500
const MOST_ATTACHMENTS = 250
const MOST_HEADERS = 100
const LONGEST_ADDRESS_LIST = 100_000
/** Maximum line length of a message, RFC 5322 section 2.1.1. */
const LONGEST_LINE = 998

/** Header fields composed from other parts of a letter. */
const MADE_FIELDS = /^(?:from|to|cc|bcc|subject|in-reply-to|references|message-id|mime-version|content-.*)$/i

const CONTROL = /[\x00-\x1f\x7f]/

/** Reads the input of `POST /api/outside/messages` and of the page; names each invalid field. */
export async function readDraft(body: unknown, mail: MailDrop): Promise<LetterDraft> {
  if (!isRecord(body)) throw new OutsideError(400, 'Send a JSON object with from, to, subject and text or html.')
  const from = addresses(body.from, 'from')
  if (from.length !== 1) throw new OutsideError(400, 'Give one sender address.', 'from')
  const to = addresses(body.to, 'to')
  if (to.length === 0) throw new OutsideError(400, 'Give at least one recipient address.', 'to')
  const inReplyTo = await answered(body.inReplyTo, mail)
  return {
    from: { ...from[0]!, name: from[0]!.name || (mail.nameOf(from[0]!.address) ?? '') },
    to,
    cc: addresses(body.cc, 'cc'),
    subject: line(body.subject ?? '', 'subject', 'The subject'),
    text: optionalText(body.text, 'text'),
    html: optionalText(body.html, 'html'),
    attachments: list(body.attachments, 'attachments', MOST_ATTACHMENTS).map(attachment),
    headers: headers(body.headers),
    inReplyTo,
    references: body.references === undefined ? undefined : list(body.references, 'references', 500).map(reference),
  }
}

/** One or more addresses: text (`Kim <kim@customer.example>, …`), objects, or a list of either. */
export function addresses(value: unknown, field: string): Address[] {
  if (value === undefined || value === null) return []
  const given = Array.isArray(value) ? (value as unknown[]) : [value]
  if (given.length > MOST_RECIPIENTS) throw new OutsideError(400, `At most ${MOST_RECIPIENTS} addresses.`, field)
  const found = given.flatMap((item) => {
    if (typeof item === 'string') return parseAddresses(item, field)
    if (isRecord(item) && typeof item.address === 'string') {
      return [{ name: typeof item.name === 'string' ? item.name : '', address: item.address.trim() }]
    }
    throw new OutsideError(400, 'An address must be a string, or an object with name and address.', field)
  })
  for (const { name, address } of found) {
    if (!isAddress(address)) throw new OutsideError(400, `Invalid address: ${address.slice(0, 100) || name}`, field)
    line(name, field, 'A name')
  }
  return found
}

function parseAddresses(text: string, field: string): Address[] {
  if (text.length > LONGEST_ADDRESS_LIST) throw new OutsideError(413, 'This list of addresses is too long.', field)
  return addressparser(text, { flatten: true }).map(({ name, address }) => ({ name, address }))
}

/** Message-ID of the answered message, given by the id of stored mail or as a Message-ID. */
async function answered(value: unknown, mail: MailDrop): Promise<string | undefined> {
  if (value === undefined || value === null || value === '') return undefined
  const given = line(value, 'inReplyTo', 'The answered message')
  if (/^<[^<>\s]+>$/.test(given)) return given
  const message = mail.find(given)
  if (!message)
    throw new OutsideError(400, 'Give the id of a stored message, or a Message-ID in <angle brackets>.', 'inReplyTo')
  return (await readSummary(mail.beginning(message.id))).messageId
}

function reference(value: unknown): string {
  if (typeof value === 'string' && /^<[^<>\s]{1,900}>$/.test(value)) return value
  throw new OutsideError(400, 'References must be Message-IDs in <angle brackets>.', 'references')
}

function attachment(value: unknown, index: number): LetterDraft['attachments'][number] {
  const field = `attachments[${index}]`
  if (!isRecord(value))
    throw new OutsideError(400, 'An attachment must be an object with name and contentBytes.', field)
  const name = line(value.name, `${field}.name`, 'The name')
  const contentType = value.contentType ?? 'application/octet-stream'
  if (typeof contentType !== 'string' || !/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(contentType)) {
    throw new OutsideError(400, 'A content type must have a form such as image/png.', `${field}.contentType`)
  }
  return { name, contentType, content: bytes(value.contentBytes, `${field}.contentBytes`) }
}

function bytes(value: unknown, field: string): Buffer {
  if (Buffer.isBuffer(value)) return value
  if (typeof value === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) return Buffer.from(value, 'base64')
  throw new OutsideError(400, 'The content of an attachment must be base64.', field)
}

function headers(value: unknown): LetterDraft['headers'] {
  if (value === undefined || value === null) return []
  if (!isRecord(value)) throw new OutsideError(400, 'Headers must be an object such as {"X-Priority":"1"}.', 'headers')
  const entries = Object.entries(value)
  if (entries.length > MOST_HEADERS) throw new OutsideError(400, `At most ${MOST_HEADERS} headers.`, 'headers')
  return entries.map(([name, content]) => {
    const field = `headers.${name.slice(0, 100)}`
    if (!isFieldName(name)) throw new OutsideError(400, 'A header name must be printable ASCII without a colon.', field)
    if (MADE_FIELDS.test(name)) {
      throw new OutsideError(
        400,
        'The sandbox creates this header from other fields. Send a raw message to set it.',
        field,
      )
    }
    return { name, value: line(content, field, 'A header') }
  })
}

function line(value: unknown, field: string, what: string): string {
  if (typeof value !== 'string') throw new OutsideError(400, `${what} must be a string.`, field)
  if (CONTROL.test(value)) throw new OutsideError(400, `${what} must be one line.`, field)
  if (value.length > LONGEST_LINE)
    throw new OutsideError(400, `${what} must have at most ${LONGEST_LINE} characters.`, field)
  return value
}

function optionalText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new OutsideError(400, `${field} must be a string.`, field)
  return value
}

function list(value: unknown, field: string, most: number): unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new OutsideError(400, `${field} must be a list.`, field)
  if (value.length > most) throw new OutsideError(400, `At most ${most} ${field}.`, field)
  return value as unknown[]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
