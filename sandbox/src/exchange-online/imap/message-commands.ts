import { type ImapEntry, type MailStore, MailStoreError } from '../mail-store/index.ts'
import type { Arguments } from './arguments.ts'
import { toFlagChange, formatFlags, readFlags } from './flags.ts'
import { folderFrom } from './folder-commands.ts'
import { readInternalDate } from './internal-date.ts'
import { argumentError, Refusal } from './refusal.ts'
import type { SelectedFolder } from './selected-folder.ts'
import { readSequenceSet, type SequenceSet, writeSequenceSet } from './sequence-set.ts'
import type { Command, Session } from './session.ts'

const TOGETHER = 200

/** The messages of the set that still match the client's sequence numbers, one after the other. */
async function* named(session: Session, set: SequenceSet, byUid: boolean): AsyncGenerator<ImapEntry> {
  const selected = session.selected!
  const keys = selected.positions(set, byUid).map((position) => selected.keyAt(position))
  for (const [i, key] of keys.entries()) {
    const entry = session.deps.mailStore.imapEntry(key)
    if (entry && selected.knows(entry)) yield entry
    if (i % TOGETHER === TOGETHER - 1) await new Promise((resolve) => setImmediate(resolve))
  }
}

function writable(session: Session): SelectedFolder {
  const selected = session.selected!
  // Unconfirmed: the wording.
  if (selected.readOnly) throw new Refusal('NO', 'Command cannot be completed. Mailbox is read-only.')
  return selected
}

async function store(session: Session, args: Arguments, byUid: boolean): Promise<string> {
  const set = readSequenceSet(args.atom())
  const match = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(args.atom())
  if (!match) throw argumentError()
  const mode = (match[1] || '=') as '+' | '-' | '='
  const words = args.peek()?.kind === 'list' ? args.words() : takeRest(args)
  args.end()
  const flags = readFlags(words)
  const selected = writable(session)
  const { mailStore } = session.deps
  const reported = new Set<number>()
  for await (const entry of named(session, set, byUid)) {
    const change = toFlagChange(entry, mode, flags)
    mailStore.updateFlags(entry.key, change.flags)
    mailStore.updateMarks(entry.key, change.marks)
    reported.add(entry.key)
    const now = mailStore.imapEntry(entry.key)
    if (match[2] === undefined && now) {
      const uid = byUid ? ` UID ${now.uid}` : ''
      session.writer.line(`* ${selected.positionOf(entry.key)! + 1} FETCH (FLAGS (${formatFlags(now)})${uid})`)
    }
    await session.writer.flush()
  }
  await changesTold()
  selected.forgetUpdates(reported)
  return 'OK STORE completed.'
}

function takeRest(args: Arguments): string[] {
  const words: string[] = []
  while (args.left > 0) words.push(args.astring())
  return words
}

/** The store emits changes in the microtask after each one; code after an `await` runs later. */
async function changesTold(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Copies or moves messages into a folder.
 *
 * @returns source UIDs and target UIDs, in the same order
 */
async function bring(
  session: Session,
  args: Arguments,
  { byUid, move }: { byUid: boolean; move: boolean },
): Promise<string | undefined> {
  const set = readSequenceSet(args.atom())
  const wire = args.astring()
  args.end()
  if (move) writable(session)
  const { mailStore } = session.deps
  const { folder } = folderFrom(session, wire, '[TRYCREATE] ')
  const [here, there]: [number[], number[]] = [[], []]
  for await (const entry of named(session, set, byUid)) {
    const brought = move ? moveTo(mailStore, entry, folder.id) : mailStore.copy(entry.key, folder.id)
    here.push(entry.uid)
    there.push(mailStore.imapEntry(brought.key)!.uid)
  }
  await changesTold()
  if (here.length === 0) return undefined
  const { uidValidity } = mailStore.uidState(folder.id)
  return `[COPYUID ${uidValidity} ${writeSequenceSet(here)} ${writeSequenceSet(there)}]`
}

/** Moves a message. A move within one folder copies the message and removes the original, so it gets a new UID. */
function moveTo(mailStore: MailStore, entry: ImapEntry, folderId: string) {
  if (entry.folderId !== folderId) return mailStore.move(entry.key, folderId)
  const copied = mailStore.copy(entry.key, folderId)
  mailStore.remove(entry.key)
  return copied
}

async function copy(session: Session, args: Arguments, byUid: boolean): Promise<string> {
  const code = await bring(session, args, { byUid, move: false })
  return code === undefined ? 'OK COPY completed.' : `OK ${code} COPY completed.`
}

async function move(session: Session, args: Arguments, byUid: boolean): Promise<string> {
  const code = await bring(session, args, { byUid, move: true })
  // RFC 6851 §4.3: COPYUID precedes the EXPUNGE responses.
  if (code !== undefined) session.writer.line(`* OK ${code}`)
  return 'OK MOVE completed.'
}

/** Permanently removes messages marked as deleted. */
async function expunge(session: Session, only?: SequenceSet): Promise<string> {
  writable(session)
  const { mailStore } = session.deps
  for await (const entry of named(session, only ?? [{ from: 1, to: Infinity }], true)) {
    if (entry.isDeleted) mailStore.remove(entry.key)
  }
  await changesTold()
  return 'OK EXPUNGE completed.'
}

async function append(session: Session, args: Arguments): Promise<string> {
  const wire = args.astring()
  const flags = args.peek()?.kind === 'list' ? readFlags(args.words()) : new Set()
  let receivedAt: number | undefined
  if (args.left === 2) {
    receivedAt = readInternalDate(args.astring())
    if (receivedAt === undefined) throw argumentError()
  }
  const mime = args.bytes()
  args.end()
  const { mailStore } = session.deps
  const { folder } = folderFrom(session, wire, '[TRYCREATE] ')
  const message = await mailStore
    .appendMime(session.mailboxId!, folder.id, mime, {
      ...(receivedAt === undefined ? {} : { receivedAt }),
      flags: {
        isRead: flags.has('seen'),
        isDraft: flags.has('draft'),
        flagStatus: flags.has('flagged') ? 'flagged' : 'notFlagged',
      },
    })
    .catch((error: unknown) => {
      // The code comes from RFC 7889; the wording is unconfirmed.
      if (error instanceof MailStoreError && error.refusal === 'message-too-large') {
        throw new Refusal('NO', '[TOOBIG] Message is too large.')
      }
      throw error
    })
  mailStore.updateMarks(message.key, {
    isAnswered: flags.has('answered'),
    isDeleted: flags.has('deleted'),
    isMdnSent: flags.has('mdn-sent'),
  })
  await changesTold()
  const { uidValidity } = mailStore.uidState(folder.id)
  return `OK [APPENDUID ${uidValidity} ${mailStore.imapEntry(message.key)!.uid}] APPEND completed.`
}

export const messageCommands: Record<string, Command> = {
  STORE: { state: 'selected', keepsNumbers: true, run: (session, args) => store(session, args, false) },
  'UID STORE': { state: 'selected', run: (session, args) => store(session, args, true) },
  COPY: { state: 'selected', run: (session, args) => copy(session, args, false) },
  'UID COPY': { state: 'selected', run: (session, args) => copy(session, args, true) },
  MOVE: { state: 'selected', run: (session, args) => move(session, args, false) },
  'UID MOVE': { state: 'selected', run: (session, args) => move(session, args, true) },
  EXPUNGE: { state: 'selected', run: (session, args) => (args.end(), expunge(session)) },
  'UID EXPUNGE': { state: 'selected', run: (session, args) => expunge(session, readSequenceSet(args.atom())) },
  APPEND: { state: 'signed-in', run: append },
}
