import type { MessageContent } from './message.ts'

/**
 * Returns the key that recognizes a message of one protocol when it arrives by the other. Graph and IMAP give the same
 * message different ids, differ in its date, and render its text differently. They agree on these two fields, which the
 * sender wrote. The key is weaker than the message key, and therefore compared only with messages of the other
 * protocol.
 *
 * Undefined when there is no Message-ID; Exchange adds one to every message without.
 */
export function createSwitchKey({ messageId, from }: Pick<MessageContent, 'messageId' | 'from'>): string | undefined {
  if (messageId === undefined || messageId === '') return undefined
  return JSON.stringify([messageId, from?.address.toLowerCase() ?? ''])
}

/** Prefix of all IMAP ids; Graph ids never have it. */
export const IMAP_PREFIX = 'imap:'
/** Prefix of ids of messages whose mailbox was removed, so that no server has them. Written by a trigger (0009). */
export const REMOVED_PREFIX = 'removed:'

/** Matches ids of attachments that were parsed from a source. Ids of Graph are longer and contain letters. */
export const PART_NUMBER = /^\d+(?:\.\d+)*(?:!\d+)?$/

/** Returns true when two server ids come from different protocols. */
export function isOfOtherProtocol(one: string, other: string): boolean {
  return one.startsWith(IMAP_PREFIX) !== other.startsWith(IMAP_PREFIX)
}
