import { createHash } from 'node:crypto'

/**
 * Creates ids in Exchange's format: the entry ids of its store as its web services wrap them, base64 with `-` and `_`.
 * They are opaque and case-sensitive; the sandbox never parses one.
 */

/** Provider UID of a private mailbox in the store's `IMessage` and folder entry ids. */
const STORE_PROVIDER = Buffer.from('1d840311aa6611cd9bc800aa002fc45a', 'hex')

/** Graph's default id of a message. `placement` is a new number each time the message enters a folder. */
export function messageRestId(mailboxId: string, folderNumber: number, placement: number): string {
  return encode(messageEntry(mailboxId, folderNumber, placement))
}

/** Graph's id of a message under `Prefer: IdType="ImmutableId"`; independent of the folder. */
export function messageImmutableId(mailboxId: string, key: number): string {
  const entry = Buffer.concat([
    zeros(4),
    STORE_PROVIDER,
    Buffer.from([0x0d, 0]),
    replica(mailboxId),
    counter(key),
    zeros(2),
  ])
  return encode(Buffer.concat([Buffer.from([0, 9, 0]), length16(entry), entry]))
}

/** Constant id of a folder. The longer form is run-length encoded, which produces the prefix `AQMk`. */
export function folderRestId(mailboxId: string, folderNumber: number): string {
  const entry = Buffer.concat([zeros(4), replica(mailboxId), Buffer.from([1, 0]), folderEntry(mailboxId, folderNumber)])
  const plain = Buffer.concat([Buffer.from([3]), guidText(mailboxId), Buffer.from([0]), length16(entry), entry])
  return encode(Buffer.concat([Buffer.from([1]), runLength(plain)]))
}

export function attachmentRestId(mailboxId: string, folderNumber: number, placement: number, number: number): string {
  const name = createHash('md5').update(`attachment ${mailboxId} ${number}`).digest()
  const tail = Buffer.concat([Buffer.from([1, 18, 0, 16, 0]), name])
  return encode(Buffer.concat([messageEntry(mailboxId, folderNumber, placement), tail]))
}

/** Id of a conversation, one per conversation and mailbox, independent of its first message. */
export function conversationRestId(mailboxId: string, conversationGuid: Uint8Array): string {
  return encode(Buffer.concat([Buffer.from([0, 4]), guidText(mailboxId), Buffer.from([0, 16, 0]), conversationGuid]))
}

/** Graph's `changeKey`; `sequence` grows with every change in any mailbox. */
export function createChangeKey(mailboxId: string, sequence: number): string {
  const change = Buffer.concat([replica(mailboxId), counter(sequence)])
  return Buffer.concat([Buffer.from([9, 0, 0, 0, change.length, 0, 0, 0]), change]).toString('base64')
}

function messageEntry(mailboxId: string, folderNumber: number, placement: number): Buffer {
  const entry = Buffer.concat([
    zeros(4),
    replica(mailboxId),
    Buffer.from([7, 0]),
    folderEntry(mailboxId, folderNumber),
    folderEntry(mailboxId, placement),
  ])
  return Buffer.concat([Buffer.from([0, 3]), guidText(mailboxId), Buffer.from([0]), length16(entry), entry])
}

function folderEntry(mailboxId: string, number: number): Buffer {
  return Buffer.concat([replica(mailboxId), counter(number), zeros(2)])
}

const replicas = new Map<string, Buffer>()

/** Database id of the mailbox, as far as its ids contain it. */
function replica(mailboxId: string): Buffer {
  const known = replicas.get(mailboxId) ?? createHash('md5').update(`replica ${mailboxId}`).digest()
  replicas.set(mailboxId, known)
  return known
}

function guidText(mailboxId: string): Buffer {
  const text = Buffer.from(mailboxId)
  return Buffer.concat([length16(text), text])
}

function counter(value: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return bytes
}

function length16(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(bytes.length)
  return length
}

function zeros(count: number): Buffer {
  return Buffer.alloc(count)
}

/** Run-length encoding: two equal bytes are followed by the number of further ones. */
function runLength(bytes: Buffer): Buffer {
  const coded: number[] = []
  for (let i = 0; i < bytes.length;) {
    const byte = bytes[i]!
    let run = 1
    while (bytes[i + run] === byte && run < 257) run++
    coded.push(...(run === 1 ? [byte] : [byte, byte, run - 2]))
    i += run
  }
  return Buffer.from(coded)
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '_').replaceAll('/', '-')
}
