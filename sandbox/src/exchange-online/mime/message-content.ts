/** Content of a message, independent of its source (MIME or Graph's JSON). Times are milliseconds since the epoch. */

/** Display name and addr-spec; a "mailbox" in RFC 5322. */
export interface Address {
  name: string
  address: string
}

export interface Body {
  contentType: 'text' | 'html'
  content: string
}

export interface Header {
  name: string
  value: string
}

export interface MessageContent {
  subject: string
  body: Body
  from: Address | undefined
  /** Differs from `from` when sent on behalf. */
  sender: Address | undefined
  to: Address[]
  cc: Address[]
  bcc: Address[]
  replyTo: Address[]
  /** With angle brackets, as in Graph. */
  internetMessageId: string
  /** Message ids with angle brackets, oldest first. */
  references: string[]
  inReplyTo: string[]
  /** Time in the `Date` field. */
  sentAt: number
  importance: 'low' | 'normal' | 'high'
  isDeliveryReceiptRequested: boolean
  isReadReceiptRequested: boolean
  /** All header fields in order of receipt, or the custom `x-` ones of a draft. Empty when unknown. */
  headers: Header[]
}

export type AttachmentKind = 'file' | 'item' | 'reference'

export interface AttachmentContent {
  kind: AttachmentKind
  name: string
  contentType: string
  isInline: boolean
  /** Without angle brackets. */
  contentId: string | undefined
  /** A file's bytes; the MIME of an item (message/rfc822); empty for a reference. */
  content: Uint8Array
  /** Target of a reference. */
  sourceUrl: string | undefined
}
