import type { MessageContent } from './message.ts'

/**
 * By what a message that one road brought is recognized on the other: Graph and IMAP give the same message different ids,
 * differ in its date, and render its text each in their own way, but they agree on what its sender wrote into these two
 * fields. Weaker than the message key, and therefore asked only about messages that came by the other road.
 *
 * Undefined when there is no Message-ID, which Exchange gives to every message that lacks one.
 */
export function createSwitchKey({ messageId, from }: Pick<MessageContent, 'messageId' | 'from'>): string | undefined {
  if (messageId === undefined || messageId === '') return undefined
  return JSON.stringify([messageId, from?.address.toLowerCase() ?? ''])
}

/** Ids of IMAP begin with this, and no id of Graph does. */
export const IMAP_PREFIX = 'imap:'

/** Whether two ids of a server were given by different roads. */
export function isOfOtherProtocol(one: string, other: string): boolean {
  return one.startsWith(IMAP_PREFIX) !== other.startsWith(IMAP_PREFIX)
}
