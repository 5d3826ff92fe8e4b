import type { Marks, MessageContent, RemoteAttachment } from '../mail/index.ts'

/**
 * All that the source tells. The rest of a {@link MessageContent} is the server's to tell: flags, when it took the
 * message in, its idea of a conversation.
 */
export interface ParsedMessage extends Omit<MessageContent, 'flags' | 'receivedAt' | 'remoteConversationId'> {
  /** `remoteId` is the part number (RFC 9051 §6.4.5): give it to `readPart` with the same source. */
  attachments: readonly RemoteAttachment[]
  marks: Marks
  /** By `packSource`: done where it costs nobody else time, or left to whoever keeps the source. */
  packedSource?: Uint8Array | undefined
  /** The same as `marks.quarantine`: what could be read is here, and the rest only in the source. */
  quarantined?: { reason: string } | undefined
}

export interface ParseHints {
  /**
   * Under which name the server that we trust writes `Authentication-Results` (RFC 8601 §2.5). Without it no such
   * field counts: whoever sends mail can write one.
   */
  trustedAuthServId?: string | undefined
}
