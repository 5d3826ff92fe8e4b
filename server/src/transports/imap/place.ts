import type { Cursor } from '../mail-transport.ts'
import type { FolderState, OpenFolder } from './imap-connection.ts'
import type { WindowDigest } from './flag-window.ts'

/**
 * A way down through a folder, newest first: all of `[below, top)` is done, and it ends at `floor`.
 *
 * `seq` is the sequence number under which `below` was met. It can only have become smaller since, when something above
 * or below it was deleted, so whoever goes on from it meets what is done again at most, and overlooks nothing.
 */
export interface Descent {
  top: number
  below: number
  seq: number
  floor: number
}

/** Where the reading of a folder stands. The cursor is this, as JSON. */
export interface MessagePosition {
  uidValidity: number
  /** All UIDs below are done. */
  next: number
  /** The last one is gone down first: what came while an import is under way does not wait for its end. */
  descents: readonly Descent[]
  /** Of the first reading, or of one after a reset. */
  first: boolean
  reset: boolean
  /** From where on changes are still to be told (RFC 7162); a number that may have 63 bits. */
  modSeq: string | undefined
  /** How many there were when flags were compared last, and when that was. */
  exists: number
  comparedAt: number
  window: WindowDigest | undefined
  /** Survives a rename (RFC 8474 §4.1). */
  mailboxId: string | undefined
}

/** A server that goes on inventing beginnings is not followed. */
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

/** With what came since at its top. */
export function withNews(before: MessagePosition, { uidNext, exists, mailboxId }: OpenFolder): MessagePosition {
  const place = { ...before, mailboxId }
  const floor = topOf(place)
  if (uidNext <= floor || place.descents.length >= MOST_DESCENTS) return place
  return { ...place, descents: [...place.descents, { top: uidNext, below: uidNext, seq: exists + 1, floor }] }
}

export function topOf({ next, descents }: MessagePosition): number {
  return Math.max(next, ...descents.map(({ top }) => top))
}

/** The last descent has come to its end, or to another depth. */
export function withDescent(place: MessagePosition, descent: Descent | undefined): MessagePosition {
  const others = place.descents.slice(0, -1)
  if (descent) return { ...place, descents: [...others, descent] }
  return { ...place, descents: others, next: others.length === 0 ? topOf(place) : place.next }
}

export function cursorOf({ descents, window, modSeq, mailboxId, ...rest }: MessagePosition): Cursor {
  return {
    road: 'imap',
    ...rest,
    descents: JSON.stringify(descents),
    window: window ? JSON.stringify(window) : null,
    modSeq: modSeq ?? null,
    mailboxId: mailboxId ?? null,
  }
}

/** Undefined when it is a cursor of the other road. */
export function placeOf(cursor: Cursor): MessagePosition | undefined {
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
 * What the folder looked like when it was read to its end, where a server tells everything that happens by one number
 * (RFC 7162): as long as it looks so, there is nothing to read. Undefined in the middle of a reading, and where flags can
 * change without that number.
 */
export function stateReadTo(cursor: Cursor): FolderState | undefined {
  const place = placeOf(cursor)
  if (!place || place.first || place.reset || place.descents.length > 0 || place.modSeq === undefined) return undefined
  const { uidValidity, next: uidNext, exists, modSeq } = place
  return { uidValidity, uidNext, exists, highestModSeq: BigInt(modSeq) }
}
