import type { ImapEntry } from '../mail-store/index.ts'
import type { Arguments } from './arguments.ts'
import { bodyStructure } from './body-structure.ts'
import type { Command } from './commands.ts'
import { envelopeOf } from './envelope.ts'
import { type FetchItem, readFetchItems } from './fetch-items.ts'
import { flagsOf } from './flags.ts'
import { internalDate } from './internal-date.ts'
import { sectionBytes } from './section-bytes.ts'
import { readSequenceSet } from './sequence-set.ts'
import type { Session } from './session.ts'

/** Others have their turn after so many messages. */
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
    // Gone meanwhile: the client will hear of it when numbers may change.
    if (!entry || position === undefined || !selected.knows(entry)) continue
    await answer(session, position + 1, readNow(session, entry, items), items)
    await session.writer.flush()
    if (++done % TOGETHER === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return 'OK FETCH completed.'
}

/** Reading a body marks it as read, unless it was only peeked at or the folder is only looked into. */
function readNow(session: Session, entry: ImapEntry, items: readonly FetchItem[]): ImapEntry {
  const reads = items.some((item) => item.kind === 'section' && !item.peek)
  if (!reads || entry.isRead || session.selected!.readOnly) return entry
  session.deps.mailStore.updateFlags(entry.key, { isRead: true })
  return session.deps.mailStore.imapEntry(entry.key) ?? entry
}

async function answer(session: Session, number: number, entry: ImapEntry, items: readonly FetchItem[]): Promise<void> {
  const { writer, deps } = session
  // Nothing of one answer is written before all of it is known: a message may go while its bytes are read.
  const words: (string | Buffer)[] = []
  for (const item of items) {
    if (item.kind === 'FLAGS') words.push(`FLAGS (${flagsOf(entry)})`)
    else if (item.kind === 'UID') words.push(`UID ${entry.uid}`)
    else if (item.kind === 'INTERNALDATE') words.push(`INTERNALDATE "${internalDate(entry.receivedAt)}"`)
    else if (item.kind === 'RFC822.SIZE') words.push(`RFC822.SIZE ${entry.sizeBytes}`)
    else {
      const document = await deps.mimes.of(entry.key)
      if (item.kind === 'ENVELOPE') words.push(`ENVELOPE ${envelopeOf(document.tree().fields)}`)
      else if (item.kind === 'section') {
        const whole = sectionBytes(document, item.section)
        const { from, count } = item.partial ?? { from: 0, count: Infinity }
        const bytes = whole?.subarray(from, Math.min(from + count, whole.length))
        words.push(bytes === undefined ? `${item.label} NIL` : `${item.label} {${bytes.length}}\r\n`)
        if (bytes) words.push(bytes)
      } else {
        words.push(`${item.kind} ${bodyStructure(document.bytes, document.tree(), item.kind === 'BODYSTRUCTURE')}`)
      }
    }
  }
  writer.raw(`* ${number} FETCH (`)
  words.forEach((word, i) => {
    if (i > 0 && typeof word === 'string') writer.raw(' ')
    writer.raw(word)
  })
  writer.line(')')
}

export const fetchCommands: Record<string, Command> = {
  FETCH: { state: 'selected', keepsNumbers: true, run: (session, args) => fetch(session, args, false) },
  'UID FETCH': { state: 'selected', run: (session, args) => fetch(session, args, true) },
}
