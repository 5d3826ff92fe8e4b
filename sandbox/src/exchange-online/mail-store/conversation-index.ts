import { createHash } from 'node:crypto'

/**
 * MAPI's conversation index: 22 bytes for the first message, 5 more for each reply. The five bytes of time after the
 * leading 1 come from a FILETIME without its highest byte, as in `Thread-Index` header fields.
 *
 * @see [MS-OXOMSG] 2.2.1.3 PidTagConversationIndex
 */
const HEADER_LENGTH = 22
const REPLY_LENGTH = 5
/** Maximum number of replies in the index; a longer conversation keeps it unchanged. */
const MOST_REPLIES = 200

/** FILETIME counts units of 100 ns from 1601. */
const EPOCH_MS = 11_644_473_600_000n

export function firstConversationIndex(at: number, guid: Uint8Array): Uint8Array {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(fileTime(at))
  return new Uint8Array(Buffer.concat([Buffer.from([1]), time.subarray(1, 6), guid]))
}

/** The index of a reply to the message with index `parent`. */
export function replyConversationIndex(parent: Uint8Array, at: number, random: number): Uint8Array {
  if (!isConversationIndex(parent) || parent.length >= HEADER_LENGTH + MOST_REPLIES * REPLY_LENGTH) return parent
  const head = Buffer.alloc(8)
  Buffer.from(parent).copy(head, 0, 0, 6)
  const difference = fileTime(at) - head.readBigUInt64BE()
  const elapsed = difference > 0n ? difference : 0n
  // The time difference has a resolution of 26 ms up to 1.7 years, and of 0.8 s beyond; the highest bit marks the
  // latter.
  const isLong = (elapsed & 0x00fe_0000_0000_0000n) !== 0n
  const delta = Number((isLong ? elapsed >> 23n : elapsed >> 18n) & 0x7fff_ffffn)
  const block = Buffer.alloc(REPLY_LENGTH)
  block.writeUInt32BE(delta)
  if (isLong) block[0]! |= 0x80
  block[4] = random
  return new Uint8Array(Buffer.concat([parent, block]))
}

export function isConversationIndex(index: Uint8Array): boolean {
  const replies = index.length - HEADER_LENGTH
  return index[0] === 1 && replies >= 0 && replies % REPLY_LENGTH === 0 && replies <= MOST_REPLIES * REPLY_LENGTH
}

/** GUID shared by all messages of a conversation. */
export function conversationGuid(index: Uint8Array): Uint8Array {
  return index.slice(6, HEADER_LENGTH)
}

/** GUID of a conversation that starts with this message; the same in every mailbox. */
export function guidOfFirst(internetMessageId: string): Uint8Array {
  return new Uint8Array(createHash('md5').update(internetMessageId).digest())
}

function fileTime(at: number): bigint {
  return (BigInt(Math.trunc(at)) + EPOCH_MS) * 10_000n
}
