import { createHash } from 'node:crypto'

/**
 * MAPI's conversation index: 22 bytes for the first message, 5 more for each reply. The five bytes of time after
 * the leading 1 are those of a FILETIME below its highest byte, as `Thread-Index` fields on the wire have them.
 *
 * @see [MS-OXOMSG] 2.2.1.3 PidTagConversationIndex
 */
const HEADER_LENGTH = 22
const REPLY_LENGTH = 5
/** Past this a thread goes on without growing the index further. */
const MOST_REPLIES = 200

/** FILETIME counts 100 ns from 1601. */
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
  // Up to 1.7 years the difference is kept to 26 ms; beyond, to 0.8 s, which the highest bit says.
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

/** What all messages of a conversation share. */
export function conversationGuid(index: Uint8Array): Uint8Array {
  return index.slice(6, HEADER_LENGTH)
}

/** The GUID of a conversation that begins with this message: the same in every mailbox it reaches. */
export function guidOfFirst(internetMessageId: string): Uint8Array {
  return new Uint8Array(createHash('md5').update(internetMessageId).digest())
}

function fileTime(at: number): bigint {
  return (BigInt(Math.trunc(at)) + EPOCH_MS) * 10_000n
}
