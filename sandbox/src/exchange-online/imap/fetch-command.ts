import type { ImapEntry } from '../mail-store/index.ts'
import type { Arguments } from './arguments.ts'
import { bodyStructure } from './body-structure.ts'
import { damagedDocument, deliver } from './content-faults.ts'
import { formatEnvelope } from './envelope.ts'
import { type FetchItem, readFetchItems } from './fetch-items.ts'
import { formatFlags } from './flags.ts'
import { internalDate } from './internal-date.ts'
import type { MimeDocument } from './mime-source.ts'
import { sectionBytes } from './section-bytes.ts'
import { readSequenceSet } from './sequence-set.ts'
import type { Command, Session } from './session.ts'

const NEEDS_DOCUMENT = /^(section|ENVELOPE|BODY)/
/** Number of messages after which other work can run. */
const TOGETHER = 200

async function fetch(session: Session, args: Arguments, byUid: boolean): Promise<string> {
  const set = readSequenceSet(args.atom())
  const items = readFetchItems(args)
  if (byUid && !items.some(({ kind }) => kind === 'UID')) items.unshift({ kind: 'UID' })
  const selected = session.selected!
  const { mailStore } = session.deps
  let done = 0
  for (const key of selected.positions(set, byUid).map((position) => selected.keyAt(position))) {
    const entry = mailStore.imapEntry(key)
    const position = entry && selected.positionOf(key)
    // Removed meanwhile: the client is notified when a response may change message numbers.
    if (!entry || position === undefined || !selected.knows(entry)) continue
    await answer(session, position + 1, entry, items)
    await session.writer.flush()
    if (++done % TOGETHER === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return 'OK FETCH completed.'
}

/** Completes a response before writing any of it, because a message can be removed while its bytes are read. */
async function answer(session: Session, number: number, entry: ImapEntry, items: readonly FetchItem[]): Promise<void> {
  const { faults } = session.deps
  const hasContent = items.some(({ kind }) => kind === 'section')
  const damage = hasContent ? faults.ask('imap.content', session.subject()) : undefined
  if (damage === 'nothing') return
  const document = damage === 'stub' ? damagedDocument(entry.uid) : await documentOf(session, entry, items)
  const now = readNow(session, entry, items)
  const words: (string | Buffer)[] = []
  for (const item of items) {
    if (item.kind === 'FLAGS') words.push(`FLAGS (${formatFlags(now)})`)
    else if (item.kind === 'UID') words.push(`UID ${entry.uid}`)
    else if (item.kind === 'INTERNALDATE') words.push(`INTERNALDATE "${internalDate(entry.receivedAt)}"`)
    else if (item.kind === 'RFC822.SIZE') words.push(`RFC822.SIZE ${sizeOf(session, entry)}`)
    else if (item.kind === 'ENVELOPE') words.push(`ENVELOPE ${formatEnvelope(document!.tree().fields)}`)
    else if (item.kind === 'section') words.push(...contentOf(document!, item))
    else words.push(`${item.kind} ${bodyStructure(document!.bytes, document!.tree(), item.kind === 'BODYSTRUCTURE')}`)
  }
  session.writer.raw(`* ${number} FETCH (`)
  await deliver(
    session,
    words.flatMap((word, i) => (i > 0 && typeof word === 'string' ? [' ', word] : [word])),
  )
  session.writer.line(')')
}

/** Reads the document only if an item needs it. */
async function documentOf(
  { deps }: Session,
  entry: ImapEntry,
  items: readonly FetchItem[],
): Promise<MimeDocument | undefined> {
  if (!items.some(({ kind }) => NEEDS_DOCUMENT.test(kind))) return undefined
  return deps.mimes.of(entry)
}

function contentOf(document: MimeDocument, { label, section, partial }: FetchItem & { kind: 'section' }) {
  const whole = sectionBytes(document, section)
  if (whole === undefined) return [`${label} NIL`]
  const { from, count } = partial ?? { from: 0, count: Infinity }
  const bytes = whole.subarray(from, Math.min(from + count, whole.length))
  return [`${label} {${bytes.length}}\r\n`, bytes]
}

/** Marks a message as read when its body is fetched, unless by PEEK or in a folder opened with EXAMINE. */
function readNow(session: Session, entry: ImapEntry, items: readonly FetchItem[]): ImapEntry {
  const reads = items.some((item) => item.kind === 'section' && !item.peek)
  if (!reads || entry.isRead || session.selected!.readOnly) return entry
  const { mailStore } = session.deps
  // The message may have been removed while its bytes were read.
  if (!mailStore.imapEntry(entry.key)) return entry
  mailStore.updateFlags(entry.key, { isRead: true })
  return { ...entry, isRead: true }
}

function sizeOf(session: Session, { sizeBytes }: ImapEntry): number {
  return session.deps.faults.ask('imap.size', session.subject())?.(sizeBytes) ?? sizeBytes
}

export const fetchCommands: Record<string, Command> = {
  FETCH: { state: 'selected', keepsNumbers: true, run: (session, args) => fetch(session, args, false) },
  'UID FETCH': { state: 'selected', run: (session, args) => fetch(session, args, true) },
}
