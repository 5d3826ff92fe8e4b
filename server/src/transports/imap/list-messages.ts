import type { FetchMessageObject } from 'imapflow'
import { AppError } from '../../kernel/errors.ts'
import type { Flag } from '../../mail/index.ts'
import type { ImapConnection } from './imap-connection.ts'
import { HIGHEST_UID } from './uid-ranges.ts'

/** A message in a list. */
export interface Listed {
  seq: number
  uid: number
  flags: readonly Flag[]
  /** True if marked for deletion. Most programs treat the message as gone, and so does Postkey. */
  isDeleted: boolean
  /** INTERNALDATE; undefined if the server returns none. */
  receivedAt: Date | undefined
  /** Size claimed by the server (RFC822.SIZE). Exchange only estimates it, so nothing may rely on it. */
  claimedBytes: number
}

/** Maximum number of messages in a response beyond those requested. */
const MOST_UNASKED = 10_000

/**
 * Lists messages by sequence numbers, newest first. The numbers have no gaps, so a window limits the number of
 * messages.
 */
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
    // A second row for a message in the same response keeps the fields it does not contain.
    found.set(listed.uid, { ...found.get(listed.uid), ...listed })
    if (found.size > count + MOST_UNASKED) throw new AppError('transports.imap_not_understood')
  })
  return [...found.values()].sort((a, b) => b.uid - a.uid)
}

function listedOf({ seq, uid, flags, internalDate, size }: FetchMessageObject): Listed | undefined {
  // An unsolicited flag update without other fields; it is read later.
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

/**
 * Reads system flags in lower case and keywords unchanged (RFC 9051 §2.3.2). Ignores `\Recent`, which belongs to
 * sessions.
 */
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
