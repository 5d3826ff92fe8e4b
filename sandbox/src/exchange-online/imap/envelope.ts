import addressparser from 'nodemailer/lib/addressparser'
import { fieldValue, type Header, withoutControls } from '../mime/index.ts'
import { nstring } from './arguments.ts'

const MOST_ADDRESSES = 1000

/**
 * ENVELOPE of a message, RFC 3501 §7.4.2. Values stay as received, including encoded words; bytes beyond ASCII are sent
 * unchanged.
 */
export function formatEnvelope(fields: readonly Header[]): string {
  const text = (name: string) => nstring(wireText(fieldValue(fields, name)))
  const from = addresses(fieldValue(fields, 'from'))
  const orFrom = (name: string) => {
    const list = addresses(fieldValue(fields, name))
    return list === 'NIL' ? from : list
  }
  return `(${[
    text('date'),
    text('subject'),
    from,
    orFrom('sender'),
    orFrom('reply-to'),
    addresses(fieldValue(fields, 'to')),
    addresses(fieldValue(fields, 'cc')),
    addresses(fieldValue(fields, 'bcc')),
    text('in-reply-to'),
    text('message-id'),
  ].join(' ')})`
}

/** Text with one character per byte and without line breaks. */
export function wireText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(withoutControls(text)).toString('latin1')
}

function addresses(field: string | undefined): string {
  if (field === undefined || field.trim() === '') return 'NIL'
  const list: string[] = []
  for (const each of addressparser(field.slice(0, 200_000)).slice(0, MOST_ADDRESSES)) {
    if (each.group) {
      // A group: its name, its members, and its end (RFC 3501 §7.4.2).
      list.push(`(NIL NIL ${nstring(wireText(each.name))} NIL)`)
      for (const member of each.group) list.push(address(member))
      list.push('(NIL NIL NIL NIL)')
    } else list.push(address(each))
  }
  return list.length === 0 ? 'NIL' : `(${list.join('')})`
}

function address({ name = '', address: spec = '' }: { name?: string; address?: string | undefined }): string {
  const at = spec.lastIndexOf('@')
  const [local, domain] = at === -1 ? [spec || name, ''] : [spec.slice(0, at), spec.slice(at + 1)]
  const shown = name === '' || (at === -1 && spec === '') ? undefined : name
  return `(${nstring(wireText(shown))} NIL ${nstring(wireText(local))} ${nstring(wireText(domain))})`
}
