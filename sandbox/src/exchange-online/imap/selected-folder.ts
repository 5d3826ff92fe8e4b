import type { Change, ImapEntry, MailStore } from '../mail-store/index.ts'
import { formatFlags } from './flags.ts'
import { lowerBound, positionsIn, positionsUpTo, type SequenceSet } from './sequence-set.ts'
import type { ImapWriter } from './writer.ts'

/**
 * The selected folder as last reported to the client. Sequence numbers refer to that state, so changes by others are
 * kept until the client can be notified (RFC 3501 §5.5, §7.4.1).
 */
export class SelectedFolder {
  readonly folderId: string
  readonly path: string
  readonly readOnly: boolean
  readonly uidValidity: number
  readonly #mailStore: MailStore
  /** UIDs of the messages reported to the client, ascending; a sequence number is a position here, counted from 1. */
  readonly uids: number[]
  readonly #keys: number[]
  readonly #uidOf = new Map<number, number>()
  /**
   * Keys of messages added, removed or moved back since the last report; their current state is read at the next
   * report.
   */
  readonly #moved = new Set<number>()
  readonly #updated = new Set<number>()

  constructor(mailStore: MailStore, folder: { folderId: string; path: string; readOnly: boolean }) {
    this.#mailStore = mailStore
    this.folderId = folder.folderId
    this.path = folder.path
    this.readOnly = folder.readOnly
    this.uidValidity = mailStore.uidState(folder.folderId).uidValidity
    const messages = mailStore.uidsOf(folder.folderId)
    this.uids = messages.map(({ uid }) => uid)
    this.#keys = messages.map(({ key }) => key)
    for (const { key, uid } of messages) this.#uidOf.set(key, uid)
  }

  keyAt(position: number): number {
    return this.#keys[position]!
  }

  /** Positions of the messages that a command names; unknown numbers have none. */
  positions(set: SequenceSet, byUid: boolean): number[] {
    return byUid ? positionsIn(set, this.uids) : positionsUpTo(this.uids.length, set)
  }

  /**
   * True if the entry is the message that the client has seen; a message that was moved away and back has a new UID.
   */
  knows({ key, uid, folderId }: ImapEntry): boolean {
    return folderId === this.folderId && this.#uidOf.get(key) === uid
  }

  positionOf(key: number): number | undefined {
    const uid = this.#uidOf.get(key)
    return uid === undefined ? undefined : lowerBound(this.uids, uid)
  }

  hear({ kind, messageKey }: Change): void {
    if (kind === 'updated') this.#updated.add(messageKey)
    else this.#moved.add(messageKey)
  }

  get hasNews(): boolean {
    return this.#moved.size > 0 || this.#updated.size > 0
  }

  /** Removes pending flag updates that another response already contains. */
  forgetUpdates(keys: ReadonlySet<number>): void {
    for (const key of keys) this.#updated.delete(key)
  }

  /**
   * Reports the changes since the last report. Without `expunges`, removals are kept for later, and additions as well,
   * because a message that was moved back can be in both.
   */
  tell(writer: ImapWriter, { expunges }: { expunges: boolean }): void {
    const gone = [...this.#moved].filter((key) => this.#uidOf.has(key) && !this.#isHere(key))
    if (expunges || gone.length === 0) {
      for (const key of gone) this.#remove(key, writer)
      this.#add(writer)
      this.#moved.clear()
    }
    for (const key of this.#updated) {
      const entry = this.#mailStore.imapEntry(key)
      if (!entry || !this.knows(entry)) continue
      writer.line(`* ${this.positionOf(key)! + 1} FETCH (FLAGS (${formatFlags(entry)}))`)
    }
    this.#updated.clear()
  }

  #isHere(key: number): boolean {
    const entry = this.#mailStore.imapEntry(key)
    return entry !== undefined && this.knows(entry)
  }

  #remove(key: number, writer: ImapWriter): void {
    const position = this.positionOf(key)!
    this.uids.splice(position, 1)
    this.#keys.splice(position, 1)
    this.#uidOf.delete(key)
    writer.line(`* ${position + 1} EXPUNGE`)
  }

  /** Reports new messages. Their UIDs are larger than all known ones. */
  #add(writer: ImapWriter): void {
    const fresh = [...this.#moved]
      .map((key) => this.#mailStore.imapEntry(key))
      .filter((entry) => entry?.folderId === this.folderId && !this.#uidOf.has(entry.key))
      .map((entry) => entry!)
      .sort((a, b) => a.uid - b.uid)
    if (fresh.length === 0) return
    for (const { key, uid } of fresh) {
      this.uids.push(uid)
      this.#keys.push(key)
      this.#uidOf.set(key, uid)
    }
    writer.line(`* ${this.uids.length} EXISTS`)
    writer.line('* 0 RECENT')
  }
}
