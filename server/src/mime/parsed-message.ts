import type { Marks, MessageContent, RemoteAttachment } from '../mail/index.ts'

/**
 * All data of a source. The other fields of {@link MessageContent} come from the server: flags, time of receipt,
 * conversation id.
 */
export interface ParsedMessage extends Omit<MessageContent, 'flags' | 'receivedAt' | 'remoteConversationId'> {
  /** `remoteId` is the part number (RFC 9051 §6.4.5): pass it to `readPart` with the same source. */
  attachments: readonly RemoteAttachment[]
  marks: Marks
  /** Source packed by `packSource` on the parsing thread; when absent, the caller that stores the source packs it. */
  packedSource?: Uint8Array | undefined
  /** Same reason as `marks.quarantine`: the readable content is here, and the rest only in the source. */
  quarantined?: { reason: string } | undefined
}

export interface ParseHints {
  /**
   * Name under which the trusted server writes `Authentication-Results` (RFC 8601 §2.5). Without it, no such field
   * counts: any sender can write one.
   */
  trustedAuthServId?: string | undefined
}
