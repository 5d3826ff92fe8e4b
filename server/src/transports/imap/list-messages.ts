import type { FetchMessageObject } from 'imapflow'
import { AppError } from '../../kernel/errors.ts'
import type { Flag } from '../../mail/index.ts'
import type { ImapConnection } from './imap-connection.ts'
import { HIGHEST_UID } from './uid-ranges.ts'

/** A message as a list shows it. */
export interface Listed {
  seq: number
  uid: number
  flags: readonly Flag[]
  /** Marked for deletion: most programs show it as gone, and so do we. */
  isDeleted: boolean
  /** INTERNALDATE; undefined when the server says none. */
  receivedAt: Date | undefined
  /** What the server says (RFC822.SIZE). Exchange estimates; nothing may rely on it. */
  claimedBytes: number
}

/** A server may tell of messages that nobody asked for, but not of any number of them. */
const MOST_UNASKED = 10_000

/** By sequence numbers, which are dense: a window of so many numbers is one of so many messages. Newest first. */
export async function listBySequence(connection: ImapConnection, first: number, last: number): Promise<Listed[]> {
  return list(connection, `${first}:${last}`, false, last - first + 1)
}

export async function listByUid(connection: ImapConnection, set: string, count: number): Promise<Listed[]> {
  return list(connection, set, true, count)
}

async function list(connection: ImapConnection, range: string, byUid: boolean, count: number): Promise<Listed[]> {
  const found = new Map<number, Listed>()
  await connection.fetch(range, { uid: true, flags: true, internalDate: true, size: true }, { byUid }, (row) => {
    const listed = listedOf(row)
    if (!listed) return
    // Told of twice in one answer, the rest of what is known stays.
    found.set(listed.uid, { ...found.get(listed.uid), ...listed })
    if (found.size > count + MOST_UNASKED) throw new AppError('transports.imap_not_understood')
  })
  return [...found.values()].sort((a, b) => b.uid - a.uid)
}

function listedOf({ seq, uid, flags, internalDate, size }: FetchMessageObject): Listed | undefined {
  // Of a flag that was changed meanwhile, without the rest: its own time comes.
  if (!(uid >= 1 && uid <= HIGHEST_UID) || flags === undefined) return undefined
  const at = internalDate === undefined ? undefined : new Date(internalDate)
  return {
    seq,
    uid,
    ...readFlags(flags),
    receivedAt: at && !Number.isNaN(at.getTime()) ? at : undefined,
    claimedBytes: Number.isSafeInteger(size) && size! >= 0 ? size! : 0,
  }
}

const MOST_FLAGS = 100

/** System flags by their names, keywords as they are (RFC 9051 §2.3.2). `\Recent` says something of sessions. */
export function readFlags(flags: Iterable<string>): { flags: Flag[]; isDeleted: boolean } {
  const read: Flag[] = []
  let isDeleted = false
  for (const flag of flags) {
    const system = /^\\(seen|answered|flagged|draft|deleted|recent)$/i.exec(flag)?.[1]?.toLowerCase()
    if (system === 'deleted') isDeleted = true
    else if (system !== undefined && system !== 'recent') read.push(system)
    else if (system === undefined && flag !== '' && read.length < MOST_FLAGS) read.push(flag)
  }
  return { flags: [...new Set(read)], isDeleted }
}
