import type { Cursor } from '../mail-transport.ts'
import type { FolderState, OpenFolder } from './open-folder.ts'
import type { WindowDigest } from './flag-window.ts'

/**
 * Position in a folder that is read from the newest message down: `[below, top)` is done, and the end is `floor`.
 *
 * `seq` is the sequence number of `below` when it was read. Deletions can only make it smaller, so a reader that
 * continues from it may see messages twice, but misses none.
 */
export interface Descent {
  top: number
  below: number
  seq: number
  floor: number
}

/** Reading position in a folder. The cursor contains it as JSON. */
export interface MessagePosition {
  uidValidity: number
  /** All UIDs below this one are done. */
  next: number
  /** The last descent is processed first, so that new mail does not wait for the end of an import. */
  descents: readonly Descent[]
  /** True for the first reading, and for the first one after a reset. */
  first: boolean
  reset: boolean
  /** Mod-sequence from which changes are still to be reported (RFC 7162). A string, because it may have 63 bits. */
  modSeq: string | undefined
  /** Number of messages at the last comparison of flags, and the time of that comparison. */
  exists: number
  comparedAt: number
  window: WindowDigest | undefined
  /** OBJECTID of the folder, which a rename does not change (RFC 8474 §4.1). */
  mailboxId: string | undefined
}

/** Maximum number of descents, against a server that reports new messages without end. */
const MOST_DESCENTS = 8

export function beginning(folder: OpenFolder, reset: boolean): MessagePosition {
  const { uidValidity, uidNext, exists, highestModSeq, mailboxId } = folder
  return {
    uidValidity,
    next: 1,
    descents: [{ top: uidNext, below: uidNext, seq: exists + 1, floor: 1 }],
    first: true,
    reset,
    modSeq: highestModSeq?.toString(),
    exists,
    comparedAt: 0,
    window: undefined,
    mailboxId,
  }
}

/** Adds a descent for messages that arrived since. */
export function withNews(before: MessagePosition, { uidNext, exists, mailboxId }: OpenFolder): MessagePosition {
  const place = { ...before, mailboxId }
  const floor = topOf(place)
  if (uidNext <= floor || place.descents.length >= MOST_DESCENTS) return place
  return { ...place, descents: [...place.descents, { top: uidNext, below: uidNext, seq: exists + 1, floor }] }
}

export function topOf({ next, descents }: MessagePosition): number {
  return Math.max(next, ...descents.map(({ top }) => top))
}

/** Replaces the last descent, or removes it if it is done. */
export function withDescent(place: MessagePosition, descent: Descent | undefined): MessagePosition {
  const others = place.descents.slice(0, -1)
  if (descent) return { ...place, descents: [...others, descent] }
  return { ...place, descents: others, next: others.length === 0 ? topOf(place) : place.next }
}

export function toCursor({ descents, window, modSeq, mailboxId, ...rest }: MessagePosition): Cursor {
  return {
    // Stored cursors have this key.
    road: 'imap',
    ...rest,
    descents: JSON.stringify(descents),
    window: window ? JSON.stringify(window) : null,
    modSeq: modSeq ?? null,
    mailboxId: mailboxId ?? null,
  }
}

/** Parses a cursor; undefined if it belongs to the other protocol. */
export function parseCursor(cursor: Cursor): MessagePosition | undefined {
  if (cursor.road !== 'imap') return undefined
  const { uidValidity, next, descents, first, reset, modSeq, exists, comparedAt, window, mailboxId } = cursor
  return {
    uidValidity: Number(uidValidity),
    next: Number(next),
    descents: JSON.parse(String(descents)) as Descent[],
    first: first === true,
    reset: reset === true,
    modSeq: typeof modSeq === 'string' ? modSeq : undefined,
    exists: Number(exists),
    comparedAt: Number(comparedAt),
    window: typeof window === 'string' ? (JSON.parse(window) as WindowDigest) : undefined,
    mailboxId: typeof mailboxId === 'string' ? mailboxId : undefined,
  }
}

/**
 * State of a folder that was read to its end. While the state is unchanged, there is nothing to read. Undefined during
 * a reading, and for servers without CONDSTORE (RFC 7162), where flags can change without a visible number.
 */
export function stateReadTo(cursor: Cursor): FolderState | undefined {
  const place = parseCursor(cursor)
  if (!place || place.first || place.reset || place.descents.length > 0 || place.modSeq === undefined) return undefined
  const { uidValidity, next: uidNext, exists, modSeq } = place
  return { uidValidity, uidNext, exists, highestModSeq: BigInt(modSeq) }
}
