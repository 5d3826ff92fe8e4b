/** What mail says, whether it came as MIME or as Graph's JSON. Times are milliseconds since the epoch. */

/** RFC 5322 calls it a mailbox: display name and addr-spec. */
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
  /** With angle brackets, as Graph shows it. */
  internetMessageId: string
  /** Message ids with angle brackets, oldest first. */
  references: string[]
  inReplyTo: string[]
  /** The `Date` field. */
  sentAt: number
  importance: 'low' | 'normal' | 'high'
  isDeliveryReceiptRequested: boolean
  isReadReceiptRequested: boolean
  /** All header fields in order as they came, or custom `x-` ones of a draft. Empty when not known. */
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
  /** Where a reference points. */
  sourceUrl: string | undefined
}
