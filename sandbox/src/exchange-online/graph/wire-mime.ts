import { addressField } from '../mime/index.ts'
import type { Address } from '../mail-store/index.ts'

/** Header fields that Exchange sets in an outgoing message; `undefined` keeps the field. */
export interface WireFields {
  from: Address | undefined
  /** `undefined` removes the field: the message is not sent on behalf. */
  sender: Address | undefined
  internetMessageId: string
  sentAt: number
}

/**
 * The message as sent over the wire: without `Bcc`, with Exchange's Message-ID, date and sender. The body stays
 * unchanged.
 */
export function wireMime(mime: Uint8Array, { from, sender, internetMessageId, sentAt }: WireFields): Uint8Array {
  const bytes = Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength)
  const { head, body } = split(bytes.toString('latin1'))
  const removed = ['bcc', 'resent-bcc', 'sender', 'message-id', 'date', ...(from ? ['from'] : [])]
  const remaining = fieldsOf(head).filter((field) => !removed.includes(nameOf(field)))
  const added = [
    ...(from ? [`From: ${addressField(from)}`] : []),
    ...(sender ? [`Sender: ${addressField(sender)}`] : []),
    `Date: ${new Date(sentAt).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${internetMessageId}`,
  ]
  return new Uint8Array(Buffer.from([...added, ...remaining].join('\r\n') + body, 'latin1'))
}

/** Splits a message; `body` starts with the line breaks before it. */
function split(message: string): { head: string; body: string } {
  const at = /(?:^|\r?\n)\r?\n/.exec(message)
  if (!at) return { head: message, body: '\r\n\r\n' }
  return { head: message.slice(0, at.index), body: `\r\n\r\n${message.slice(at.index + at[0].length)}` }
}

/** Header fields, each with its folded lines. */
function fieldsOf(head: string): string[] {
  return head
    .split(/\r?\n(?![ \t])/)
    .map((field) => field.replace(/\r?\n/g, '\r\n'))
    .filter((field) => /^[!-9;-~]+[ \t]*:/.test(field))
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':')).trim().toLowerCase()
}
