import { badQuery, type ODataQuery } from './odata-query.ts'

/** Properties of a message, in Graph's order. */
export const MESSAGE_PROPERTIES = [
  'createdDateTime',
  'lastModifiedDateTime',
  'changeKey',
  'categories',
  'receivedDateTime',
  'sentDateTime',
  'hasAttachments',
  'internetMessageId',
  'subject',
  'bodyPreview',
  'importance',
  'parentFolderId',
  'conversationId',
  'conversationIndex',
  'isDeliveryReceiptRequested',
  'isReadReceiptRequested',
  'isRead',
  'isDraft',
  'webLink',
  'inferenceClassification',
  'internetMessageHeaders',
  'body',
  'sender',
  'from',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'replyTo',
  'flag',
] as const
export type MessageProperty = (typeof MESSAGE_PROPERTIES)[number]

/** Included only when selected. @see https://learn.microsoft.com/graph/api/resources/message#properties */
const ON_REQUEST: ReadonlySet<MessageProperty> = new Set(['internetMessageHeaders'])

/** Properties that `Mail.ReadBasic` excludes. */
const NOT_BASIC: ReadonlySet<MessageProperty> = new Set(['body', 'bodyPreview'])

const NEED_CONTENT: ReadonlySet<MessageProperty> = new Set(['body', 'internetMessageHeaders'])

const BY_LOWER_CASE = new Map(MESSAGE_PROPERTIES.map((name) => [name.toLowerCase(), name]))

/** Properties to include. The id is always included. */
export interface MessageShape {
  properties: ReadonlySet<MessageProperty>
  /** Suffix of the entity's name in `@odata.context`; `''` without `$select`. */
  context: string
  /** True when body or headers must be read. */
  needsContent: boolean
}

/** @throws GraphError 400 for a property that messages do not have */
export function selectShape(select: ODataQuery['select'], basicOnly: boolean): MessageShape {
  const wanted = select && readSelect(select)
  const properties = new Set(
    MESSAGE_PROPERTIES.filter(
      (name) => (wanted ? wanted.has(name) : !ON_REQUEST.has(name)) && !(basicOnly && NOT_BASIC.has(name)),
    ),
  )
  return {
    properties,
    context: select ? `(${select.join(',')})` : '',
    needsContent: [...NEED_CONTENT].some((name) => properties.has(name)),
  }
}

function readSelect(select: readonly string[]): Set<MessageProperty> | undefined {
  const wanted = new Set<MessageProperty>()
  for (const name of select) {
    if (name === '*') return undefined
    const property = BY_LOWER_CASE.get(name.toLowerCase())
    if (property) wanted.add(property)
    else if (name.toLowerCase() !== 'id') {
      throw badQuery(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.message'.`,
      )
    }
  }
  return wanted
}
