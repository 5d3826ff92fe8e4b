import type { Change, ImapEntry, MailStore } from '../mail-store/index.ts'
import { flagsOf } from './flags.ts'
import { lowerBound, positionsIn, positionsUpTo, type SequenceSet } from './sequence-set.ts'
import type { ImapWriter } from './writer.ts'

/**
 * The folder a client has selected, as it has been told: sequence numbers mean what was said last, so what others do
 * is kept until the client may hear of it (RFC 3501 §5.5, §7.4.1).
 */
export class SelectedFolder {
  readonly folderId: string
  readonly path: string
  readonly readOnly: boolean
  readonly uidValidity: number
  readonly #mailStore: MailStore
  /** Of the messages the client knows, growing; a sequence number is a position here, counted from 1. */
  readonly uids: number[]
  readonly #keys: number[]
  readonly #uidOf = new Map<number, number>()
  /** What came, went or came back since the client was last told: what it comes to is looked up then. */
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

  /** Positions of the messages that a command names; none for numbers that there are not. */
  positions(set: SequenceSet, byUid: boolean): number[] {
    return byUid ? positionsIn(set, this.uids) : positionsUpTo(this.uids.length, set)
  }

  /** Whether the client means this message: it may have gone and come back under a new number. */
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

  /** The client has been told of these flags in an answer of their own. */
  forgetUpdates(keys: ReadonlySet<number>): void {
    for (const key of keys) this.#updated.delete(key)
  }

  /**
   * Says what has happened since. Without `expunges` what has gone is kept for later, and with it what came: a message
   * that came back may be among both.
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
      writer.line(`* ${this.positionOf(key)! + 1} FETCH (FLAGS (${flagsOf(entry)}))`)
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

  /** All that is new has a larger number than anything known. */
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
