import type { Address, ImapEntry, Message } from '../mail-store/index.ts'
import { Arguments } from './arguments.ts'
import { readDate } from './internal-date.ts'
import { searchError } from './refusal.ts'
import type { SelectedFolder } from './selected-folder.ts'
import { isSequenceSet, positionsIn, readSequenceSet } from './sequence-set.ts'

export interface Searched {
  entry: ImapEntry
  /** Sequence number. */
  number: number
  /** Message content, read only when a key requires it. */
  content: () => Message | undefined
}

export type SearchTest = (message: Searched) => boolean

const DAY_MS = 24 * 60 * 60 * 1000
/** Maximum nesting. Exchange limits it, too: five nested ORs were observed to fail. Its exact limit is unconfirmed. */
const DEEPEST = 5
const MOST_KEYS = 200

/** Parses the keys of a SEARCH, all of which must match. @throws Refusal BAD */
export function readSearch(args: Arguments, selected: SelectedFolder): SearchTest {
  let keys = 0
  const all = readAll(args, 0)
  return all

  function readAll(words: Arguments, depth: number): SearchTest {
    const tests: SearchTest[] = []
    while (words.left > 0) tests.push(readKey(words, depth))
    if (tests.length === 0) throw searchError()
    return (message) => tests.every((test) => test(message))
  }

  function readKey(words: Arguments, depth: number): SearchTest {
    if (depth > DEEPEST || ++keys > MOST_KEYS) throw searchError()
    if (words.peek()?.kind === 'list') return readAll(new Arguments(words.list()), depth + 1)
    const key = words.atom().toUpperCase()
    if (isSequenceSet(key)) {
      const positions = new Set(selected.positions(readSequenceSet(key), false))
      return ({ number }) => positions.has(number - 1)
    }
    if (key === 'NOT') {
      const test = readKey(words, depth + 1)
      return (message) => !test(message)
    }
    if (key === 'OR') {
      const [one, other] = [readKey(words, depth + 1), readKey(words, depth + 1)]
      return (message) => one(message) || other(message)
    }
    if (key === 'UID') {
      const uids = new Set(positionsIn(readSequenceSet(words.atom()), selected.uids).map((i) => selected.uids[i]))
      return ({ entry }) => uids.has(entry.uid)
    }
    const flag = Object.hasOwn(FLAGS, key) ? FLAGS[key] : undefined
    if (flag) return ({ entry }) => flag(entry)
    const make = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
    if (!make) throw searchError()
    return make(words)
  }
}

const FLAGS: Record<string, (entry: ImapEntry) => boolean> = {
  ALL: () => true,
  ANSWERED: ({ isAnswered }) => isAnswered,
  UNANSWERED: ({ isAnswered }) => !isAnswered,
  DELETED: ({ isDeleted }) => isDeleted,
  UNDELETED: ({ isDeleted }) => !isDeleted,
  DRAFT: ({ isDraft }) => isDraft,
  UNDRAFT: ({ isDraft }) => !isDraft,
  FLAGGED: ({ isFlagged }) => isFlagged,
  UNFLAGGED: ({ isFlagged }) => !isFlagged,
  SEEN: ({ isRead }) => isRead,
  UNSEEN: ({ isRead }) => !isRead,
  // Exchange reports no message as recent.
  RECENT: () => false,
  NEW: () => false,
  OLD: () => true,
}

const KEYS: Record<string, (words: Arguments) => SearchTest> = {
  KEYWORD: (words) => keyword(words, true),
  UNKEYWORD: (words) => keyword(words, false),
  SINCE: (words) =>
    byDay(
      words,
      ({ entry }) => entry.receivedAt,
      (at, day) => at >= day,
    ),
  BEFORE: (words) =>
    byDay(
      words,
      ({ entry }) => entry.receivedAt,
      (at, day) => at < day,
    ),
  ON: (words) => byDay(words, ({ entry }) => entry.receivedAt, isOnDay),
  SENTSINCE: (words) => byDay(words, sentAt, (at, day) => at >= day),
  SENTBEFORE: (words) => byDay(words, sentAt, (at, day) => at < day),
  SENTON: (words) => byDay(words, sentAt, isOnDay),
  LARGER: (words) => bySize(words, (size, than) => size > than),
  SMALLER: (words) => bySize(words, (size, than) => size < than),
  FROM: (words) => byText(words, ({ from }) => people(from ? [from] : [])),
  TO: (words) => byText(words, ({ to }) => people(to)),
  CC: (words) => byText(words, ({ cc }) => people(cc)),
  BCC: (words) => byText(words, ({ bcc }) => people(bcc)),
  SUBJECT: (words) => byText(words, ({ subject }) => subject),
  BODY: (words) => byText(words, ({ body }) => body.content),
  TEXT: (words) =>
    byText(words, ({ subject, from, to, cc, headers, body }) =>
      [
        subject,
        people(from ? [from] : []),
        people(to),
        people(cc),
        ...headers.map(({ value }) => value),
        body.content,
      ].join('\n'),
    ),
  HEADER(words) {
    const name = words.astring().toLowerCase()
    const value = utf8(words.astring())
    // Every client searches for the Message-ID, which is available without reading the message.
    if (name === 'message-id') return ({ entry }) => contains(entry.internetMessageId, value)
    return ({ content }) => {
      const message = content()
      return message !== undefined && headerValues(message, name).some((each) => contains(each, value))
    }
  },
}

function keyword(words: Arguments, wanted: boolean): SearchTest {
  const isMdn = words.astring().toLowerCase() === '$mdnsent'
  return ({ entry }) => (isMdn && entry.isMdnSent) === wanted
}

function byDay(
  words: Arguments,
  of: (message: Searched) => number,
  fits: (at: number, day: number) => boolean,
): SearchTest {
  const day = readDate(words.astring())
  if (day === undefined) throw searchError()
  return (message) => fits(of(message), day)
}

function isOnDay(at: number, day: number): boolean {
  return at >= day && at < day + DAY_MS
}

function sentAt({ content, entry }: Searched): number {
  return content()?.sentAt ?? entry.receivedAt
}

function bySize(words: Arguments, fits: (size: number, than: number) => boolean): SearchTest {
  const text = words.atom()
  if (!/^\d{1,10}$/.test(text)) throw searchError()
  return ({ entry }) => fits(entry.sizeBytes, Number(text))
}

function byText(words: Arguments, of: (message: Message) => string): SearchTest {
  const wanted = utf8(words.astring())
  return ({ content }) => {
    const message = content()
    return message !== undefined && contains(of(message), wanted)
  }
}

/** Values of a header field: for fields that the store keeps as properties, those; otherwise the raw values. */
function headerValues(message: Message, name: string): string[] {
  if (name === 'subject') return [message.subject]
  if (name === 'from') return message.from ? [people([message.from])] : []
  if (name === 'to') return message.to.length > 0 ? [people(message.to)] : []
  if (name === 'in-reply-to') return message.inReplyTo.length > 0 ? [message.inReplyTo.join(' ')] : []
  if (name === 'references') return message.references.length > 0 ? [message.references.join(' ')] : []
  return message.headers.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value)
}

function people(addresses: readonly Address[]): string {
  return addresses.map(({ name, address }) => `${name} <${address}>`).join(', ')
}

function contains(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted.toLowerCase())
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}
