import type { Message } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody, readDateTime, requestBodyRead } from './json-body.ts'
import { dateTime } from './message-json.ts'
import { parseFilter } from './odata-filter.ts'

/** Message flags of MAPI. @see [MS-OXCMSG] 2.2.1.6 PidTagMessageFlags */
const READ = 0x1
const UNSENT = 0x8
const HAS_ATTACHMENTS = 0x10

/** MAPI properties available through `singleValueExtendedProperties`, by type and tag. */
const READABLE: Record<string, (message: Message) => string | undefined> = {
  'string 0x37': ({ subject }) => subject,
  'systemtime 0x39': ({ sentAt }) => dateTime(sentAt),
  'string 0x7d': ({ headers }) =>
    headers.length === 0 ? undefined : headers.map(({ name, value }) => `${name}: ${value}\r\n`).join(''),
  'systemtime 0xe06': ({ receivedAt }) => dateTime(receivedAt),
  'integer 0xe07': (message) =>
    String(
      (message.isRead ? READ : 0) + (message.isDraft ? UNSENT : 0) + (message.hasAttachments ? HAS_ATTACHMENTS : 0),
    ),
  'integer 0xe08': ({ sizeBytes }) => String(sizeBytes),
  'long 0xe08': ({ sizeBytes }) => String(sizeBytes),
  'string 0x1035': ({ internetMessageId }) => internetMessageId,
  'string 0x1039': ({ references }) => (references.length === 0 ? undefined : references.join(' ')),
  'string 0x1042': ({ inReplyTo }) => (inReplyTo.length === 0 ? undefined : inReplyTo.join(' ')),
}

export interface WrittenProperties {
  isDraft?: boolean
  isRead?: boolean
  sentAt?: number
  receivedAt?: number
}

/**
 * Reads message flags and delivery time, with which programs import mail that is not a draft. Any other extended
 * property is refused instead of silently dropped.
 */
export function readExtendedProperties(list: readonly unknown[] | undefined): WrittenProperties {
  const written: WrittenProperties = {}
  for (const each of list ?? []) {
    const property = new JsonBody(each, 'singleValueLegacyExtendedProperty')
    const id = property.text('id') ?? ''
    const value = property.text('value') ?? ''
    switch (normalize(id)) {
      case 'integer 0xe07': {
        if (!/^\d{1,9}$/.test(value)) throw requestBodyRead(`Cannot convert the literal '${value}' to the expected type 'Edm.Int32'.`) // prettier-ignore
        written.isDraft = (Number(value) & UNSENT) !== 0
        written.isRead = (Number(value) & READ) !== 0
        break
      }
      case 'systemtime 0xe06':
        written.receivedAt = readDateTime(value)
        break
      case 'systemtime 0x39':
        written.sentAt = readDateTime(value)
        break
      default:
        throw new GraphError(501, 'notSupported', `The sandbox cannot keep the extended property '${id}'.`)
    }
  }
  return written
}

/** Property requested by `$expand=singleValueExtendedProperties($filter=id eq '…')`; empty when it is not set. */
export function extendedPropertiesJson(message: Message, filter: string): { id: string; value: string }[] {
  return idsIn(filter).flatMap((id) => {
    const value = READABLE[normalize(id)]?.(message)
    return value === undefined ? [] : [{ id, value }]
  })
}

/** Ids in `id eq '…'`, combined with `or`. */
function idsIn(filter: string): string[] {
  const wrong = new GraphError(
    400,
    'ErrorInvalidUrlQueryFilter',
    'The query filter contains one or more invalid nodes.',
  )
  const visit = (node: ReturnType<typeof parseFilter>): string[] => {
    if (node.kind === 'or') return [...visit(node.left), ...visit(node.right)]
    if (node.kind !== 'compare' || node.operator !== 'eq') throw wrong
    if (!('path' in node.left) || node.left.path.toLowerCase() !== 'id') throw wrong
    if (!('literal' in node.right) || typeof node.right.literal !== 'string') throw wrong
    return [node.right.literal]
  }
  return visit(parseFilter(filter))
}

/** Normal form of an id: `Integer 0x0E07` and `Integer 0xE07` are the same property. */
function normalize(id: string): string {
  return id
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/0x0+(?=[0-9a-f])/, '0x')
}
