import { isFieldName, oneLine } from '../mime/index.ts'
import type { Address, AttachmentContent, Header, MessageContent, MessageFlags } from '../mail-store/index.ts'
import { readAttachment } from './attachment-input.ts'
import { readExtendedProperties } from './extended-properties.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody, requestBodyRead } from './json-body.ts'
import { MESSAGE_PROPERTIES } from './message-properties.ts'

/** Properties of a message that a client sent; absent ones are `undefined`. */
export interface MessageInput {
  content: Partial<MessageContent>
  flags: Partial<MessageFlags>
  attachments: AttachmentContent[]
  receivedAt: number | undefined
  /** True when the request contains custom headers, which are allowed only on creation. */
  hasHeaders: boolean
}

const NAMES: ReadonlySet<string> = new Set([
  'id',
  ...MESSAGE_PROPERTIES,
  'attachments',
  'singleValueExtendedProperties',
  'multiValueExtendedProperties',
  'uniqueBody',
  'extensions',
])

/** Maximum number of recipients in a list. The transport enforces the limit for sending. */
const MOST_RECIPIENTS = 5000
const MOST_HEADERS = 5

/** Reads a `message` from a client. Like Graph, ignores properties that the server sets. */
export function readMessage(value: unknown): MessageInput {
  const body = new JsonBody(value, 'message')
  body.allowOnly(NAMES)
  const content: Partial<MessageContent> = {}
  const flags: Partial<MessageFlags> = {}

  set(content, 'subject', body.has('subject') ? (body.text('subject') ?? '') : undefined)
  set(content, 'importance', body.choice('importance', ['low', 'normal', 'high']))
  set(content, 'isDeliveryReceiptRequested', body.boolean('isDeliveryReceiptRequested'))
  set(content, 'isReadReceiptRequested', body.boolean('isReadReceiptRequested'))
  set(content, 'internetMessageId', readMessageId(body.text('internetMessageId')))
  set(content, 'from', readRecipient(body.object('from', 'recipient')))
  set(content, 'sender', readRecipient(body.object('sender', 'recipient')))
  set(content, 'to', readRecipients(body.list('toRecipients')))
  set(content, 'cc', readRecipients(body.list('ccRecipients')))
  set(content, 'bcc', readRecipients(body.list('bccRecipients')))
  set(content, 'replyTo', readRecipients(body.list('replyTo')))
  set(content, 'headers', readHeaders(body.list('internetMessageHeaders')))
  const itemBody = body.object('body', 'itemBody')
  if (itemBody) {
    content.body = {
      contentType: itemBody.choice('contentType', ['text', 'html']) ?? 'text',
      content: itemBody.text('content') ?? '',
    }
  }

  set(flags, 'isRead', body.boolean('isRead'))
  set(flags, 'flagStatus', body.object('flag', 'followupFlag')?.choice('flagStatus', ['notFlagged', 'flagged', 'complete'])) // prettier-ignore
  set(flags, 'categories', readCategories(body.list('categories')))
  set(flags, 'inferenceClassification', body.choice('inferenceClassification', ['focused', 'other']))

  const extended = readExtendedProperties(body.list('singleValueExtendedProperties'))
  set(flags, 'isDraft', extended.isDraft)
  set(flags, 'isRead', extended.isRead)
  set(content, 'sentAt', extended.sentAt)

  return {
    content,
    flags,
    attachments: (body.list('attachments') ?? []).map(readAttachment),
    receivedAt: extended.receivedAt,
    hasHeaders: content.headers !== undefined,
  }
}

/** Completes the input to a whole message, written by the owner of the mailbox. */
export function completeContent(
  content: Partial<MessageContent>,
  { internetMessageId, sentAt }: { internetMessageId: string; sentAt: number },
): MessageContent {
  return {
    subject: '',
    body: { contentType: 'text', content: '' },
    from: undefined,
    sender: undefined,
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    internetMessageId,
    references: [],
    inReplyTo: [],
    sentAt,
    importance: 'normal',
    isDeliveryReceiptRequested: false,
    isReadReceiptRequested: false,
    headers: [],
    ...content,
  }
}

export function readRecipients(list: readonly unknown[] | undefined): Address[] | undefined {
  if (list && list.length > MOST_RECIPIENTS) throw requestBodyRead('The collection of recipients is too large.')
  return list?.map((each) => readRecipient(new JsonBody(each, 'recipient'))!)
}

function readRecipient(recipient: JsonBody | undefined): Address | undefined {
  if (!recipient) return undefined
  recipient.allowOnly(new Set(['emailAddress']))
  const emailAddress = recipient.object('emailAddress', 'emailAddress')
  const address = oneLine(emailAddress?.text('address') ?? '')
  const name = oneLine(emailAddress?.text('name') ?? '')
  return { name: name === '' ? address : name, address }
}

/**
 * Reads custom headers: `x-` only, at most five.
 *
 * @see https://learn.microsoft.com/graph/api/resources/internetmessageheader
 */
function readHeaders(list: readonly unknown[] | undefined): Header[] | undefined {
  if (!list) return undefined
  if (list.length > MOST_HEADERS) {
    throw new GraphError(
      400,
      'InvalidInternetMessageHeaderCollection',
      `Maximum number of headers in one message should be less than or equal to ${MOST_HEADERS}.`,
    )
  }
  return list.map((each) => {
    const header = new JsonBody(each, 'internetMessageHeader')
    const name = header.text('name') ?? ''
    if (!/^x-./i.test(name) || !isFieldName(name)) {
      throw new GraphError(
        400,
        'InvalidInternetMessageHeader',
        `The internet message header name '${name}' should start with 'x-' or 'X-'.`,
      )
    }
    return { name, value: oneLine(header.text('value') ?? '') }
  })
}

function readCategories(list: readonly unknown[] | undefined): string[] | undefined {
  return list?.map((each) => {
    if (typeof each === 'string') return oneLine(each).slice(0, 255)
    throw requestBodyRead("Cannot convert a literal to the expected type 'Edm.String'.")
  })
}

function readMessageId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (/^<[^<>\s]{1,990}>$/.test(text)) return text
  throw requestBodyRead("The property 'internetMessageId' must be a message id in angle brackets.")
}

function set<Target, Key extends keyof Target>(target: Target, key: Key, value: Target[Key] | undefined): void {
  if (value !== undefined) target[key] = value
}
