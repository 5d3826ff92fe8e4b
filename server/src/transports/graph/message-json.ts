import {
  readAuthentication,
  findAutomaticMark,
  type Address,
  type MessageBody,
  type MessageContent,
  parseMessageIds,
} from '../../mail/index.ts'
import type { RemoteMessage, SparseMessage } from '../../mail/index.ts'
import { readAddresses as addressesOfFields } from '../../mime/index.ts'
import { asWire, list, text, time, type Wire } from './wire.ts'

/** Only stored properties, to keep pages small. */
const SELECT = [
  'parentFolderId',
  'internetMessageId',
  'internetMessageHeaders',
  'conversationId',
  'subject',
  'from',
  'sender',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'replyTo',
  'sentDateTime',
  'receivedDateTime',
  'isRead',
  'isDraft',
  'flag',
  'hasAttachments',
  'bodyPreview',
  'body',
].join(',')

// Sent copies have no internetMessageHeaders, but they have these MAPI properties ([MS-OXOMSG] 2.2.1.26, 2.2.1.21,
// [MS-OXOMSG] 2.2.1.62).
const REFERENCES = 'String 0x1039'
const IN_REPLY_TO = 'String 0x1042'
const LAST_VERB = 'Integer 0x1081'
const EXPAND = `singleValueExtendedProperties($filter=${[REFERENCES, IN_REPLY_TO, LAST_VERB].map((id) => `id eq '${id}'`).join(' or ')})`

/** Query for a message in the form that {@link toMessage} parses. */
export const MESSAGE_QUERY = `$select=${SELECT}&$expand=${encodeURIComponent(EXPAND)}`

/** Header fields to keep: automatic replies, mailing lists and trace headers. */
const KEPT_HEADERS = new Set([
  'auto-submitted',
  'x-autoreply',
  'x-autorespond',
  'x-autoresponder',
  'list-post',
  'precedence',
  'x-auto-response-suppress',
  'list-id',
  'list-unsubscribe',
  'return-path',
  'delivered-to',
  'authentication-results',
  'content-type',
  'x-failed-recipients',
])
const MOST_HEADERS = 40
const LONGEST_HEADER = 4000
const MOST_SENDERS = 20

/** Parses a whole message; undefined if it has no id or no folder. */
export function toMessage(json: unknown): RemoteMessage | undefined {
  const wire = asWire(json)
  const remoteId = text(wire, 'id')
  const folderRemoteId = text(wire, 'parentFolderId')
  if (remoteId === undefined || folderRemoteId === undefined) return undefined
  const sentAt = time(wire, 'sentDateTime')
  const known = contentOf(wire)
  const headers = known.headers ?? []
  const fromFields = fromFieldsOf(wire)
  const named = addressesOfFields(fromFields, 'from')
  // Graph's `from` is a single address, even if the message has several.
  const senders = named.length > 1 || !known.from ? named : [known.from]
  const marks = {
    automatic: findAutomaticMark(headers),
    // Exchange Online writes no server name (see `authenticationOf`).
    authentication: readAuthentication(
      [...headers, ...fromFields],
      '',
      senders.map(({ address }) => address),
    ),
    senders: senders.length > 1 ? senders.slice(0, MOST_SENDERS) : undefined,
  }
  return {
    partial: false,
    remoteId,
    folderRemoteId,
    messageId: undefined,
    inReplyTo: [],
    references: [],
    remoteConversationId: undefined,
    subject: '',
    from: undefined,
    sender: undefined,
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    sentAt,
    receivedAt: sentAt ?? new Date(0),
    preview: '',
    body: { type: 'text', content: '' },
    hasAttachments: false,
    headers: [],
    ...known,
    ...(headers.length > 0 && { marks }),
  }
}

function fromFieldsOf(wire: Wire): { name: string; value: string }[] {
  return list(wire, 'internetMessageHeaders')
    .map((header) => ({ name: text(header, 'name')?.toLowerCase() ?? '', value: text(header, 'value') ?? '' }))
    .filter(({ name }) => name === 'from')
}

/**
 * Parses an item of a delta page. In a first round it is whole; later ones may contain only changes. An item counts as
 * whole if it has the properties that never appear in a partial one: the time of receipt and the body.
 *
 * @see https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/5544
 */
export function toChangedMessage(wire: Wire, folderRemoteId: string): RemoteMessage | SparseMessage | undefined {
  const remoteId = text(wire, 'id')
  if (remoteId === undefined) return undefined
  const inFolder = { ...wire, parentFolderId: text(wire, 'parentFolderId') ?? folderRemoteId }
  if (WHOLE.every((name) => wire[name] !== undefined)) return toMessage(inFolder)
  const { flags: _, ...changed } = contentOf(wire)
  const { added, removed } = flagChangesOf(wire)
  return {
    partial: true,
    remoteId,
    folderRemoteId: inFolder.parentFolderId,
    ...changed,
    flagsAdded: added,
    flagsRemoved: removed,
  }
}

const WHOLE = ['receivedDateTime', 'body', 'isRead', 'isDraft', 'subject', 'toRecipients']

/** Fields present in the item; missing ones are left out. */
function contentOf(wire: Wire): Partial<MessageContent> & Pick<MessageContent, 'flags'> {
  const has = (name: string) => wire[name] !== undefined
  const { inReplyTo, references } = threadOf(wire)
  const messageId = parseMessageIds(text(wire, 'internetMessageId') ?? '')[0]
  const sentAt = time(wire, 'sentDateTime')
  const receivedAt = time(wire, 'receivedDateTime')
  const body = bodyOf(wire)
  const from = addressOf(wire['from'])
  const sender = addressOf(wire['sender'])
  const conversationId = text(wire, 'conversationId')
  const shownInText = body?.type === 'html' && /\bsrc\s*=\s*["']?cid:/i.test(body.content)
  return {
    ...(messageId !== undefined && { messageId }),
    ...(inReplyTo && { inReplyTo }),
    ...(references && { references }),
    ...(conversationId !== undefined && { remoteConversationId: conversationId }),
    // Graph returns null for a message without a subject.
    ...(has('subject') && { subject: text(wire, 'subject') ?? '' }),
    ...(from && { from }),
    ...(sender && { sender }),
    ...(has('toRecipients') && { to: addressesOf(wire, 'toRecipients') }),
    ...(has('ccRecipients') && { cc: addressesOf(wire, 'ccRecipients') }),
    ...(has('bccRecipients') && { bcc: addressesOf(wire, 'bccRecipients') }),
    ...(has('replyTo') && { replyTo: addressesOf(wire, 'replyTo') }),
    ...(sentAt && { sentAt }),
    ...(receivedAt && { receivedAt }),
    flags: flagChangesOf(wire).added,
    ...(has('bodyPreview') && { preview: text(wire, 'bodyPreview') ?? '' }),
    ...(body && { body }),
    // Graph's own value ignores images inside the text.
    ...(has('hasAttachments') && { hasFiles: wire['hasAttachments'] === true }),
    ...((has('hasAttachments') || shownInText) && { hasAttachments: wire['hasAttachments'] === true || shownInText }),
    ...(has('internetMessageHeaders') && { headers: headersOf(wire) }),
  }
}

function bodyOf(wire: Wire): MessageBody | undefined {
  if (wire['body'] === undefined) return undefined
  const body = asWire(wire['body'])
  const isText = text(body, 'contentType')?.toLowerCase() === 'text'
  return { type: isText ? 'text' : 'html', content: text(body, 'content') ?? '' }
}

/** Flags that the item contains, as added or removed. */
function flagChangesOf(wire: Wire): { added: string[]; removed: string[] } {
  const lastVerb = property(wire, LAST_VERB)
  const flag = wire['flag'] === undefined ? undefined : text(asWire(wire['flag']), 'flagStatus') === 'flagged'
  const flags: [string, unknown][] = [
    ['seen', wire['isRead']],
    ['answered', lastVerb === undefined ? undefined : REPLIES.has(lastVerb)],
    ['flagged', flag],
    ['draft', wire['isDraft']],
  ]
  return {
    added: flags.filter(([, is]) => is === true).map(([name]) => name),
    removed: flags.filter(([, is]) => is === false).map(([name]) => name),
  }
}

/** Last verbs for a reply to the sender and a reply to all. */
const REPLIES: ReadonlySet<string> = new Set(['102', '103'])

function threadOf(wire: Wire): { inReplyTo?: string[]; references?: string[] } {
  const headers = list(wire, 'internetMessageHeaders')
  const field = (name: string) =>
    headers
      .filter((header) => text(header, 'name')?.toLowerCase() === name)
      .map((header) => text(header, 'value') ?? '')
      .join(' ')
  const inReplyTo = field('in-reply-to') || property(wire, IN_REPLY_TO)
  const references = field('references') || property(wire, REFERENCES)
  const whole = WHOLE.every((name) => wire[name] !== undefined)
  return {
    ...((inReplyTo !== undefined || whole) && { inReplyTo: parseMessageIds(inReplyTo ?? '') }),
    ...((references !== undefined || whole) && { references: parseMessageIds(references ?? '') }),
  }
}

function property(wire: Wire, id: string): string | undefined {
  const found = list(wire, 'singleValueExtendedProperties').find(
    (each) => text(each, 'id')?.toLowerCase().replace('0x0', '0x') === id.toLowerCase(),
  )
  return found && text(found, 'value')
}

function headersOf(wire: Wire): { name: string; value: string }[] {
  return list(wire, 'internetMessageHeaders')
    .map((header) => ({
      name: text(header, 'name') ?? '',
      value: (text(header, 'value') ?? '').slice(0, LONGEST_HEADER),
    }))
    .filter(({ name }) => KEPT_HEADERS.has(name.toLowerCase()))
    .slice(0, MOST_HEADERS)
}

function addressesOf(wire: Wire, name: string): Address[] {
  return list(wire, name)
    .map(addressOf)
    .filter((address) => address !== undefined)
}

function addressOf(recipient: unknown): Address | undefined {
  const email = asWire(asWire(recipient)['emailAddress'])
  const address = text(email, 'address') ?? ''
  const name = text(email, 'name') ?? ''
  if (address === '' && name === '') return undefined
  // Exchange repeats the address if it has no name.
  return { name: name === address ? '' : name, address }
}
