import { argumentError } from './refusal.ts'
import { readText, type Arguments } from './arguments.ts'
import { readTokens } from './tokens.ts'

/** Data item that FETCH requests of each message. */
export type FetchItem =
  | { kind: 'FLAGS' | 'UID' | 'INTERNALDATE' | 'RFC822.SIZE' | 'ENVELOPE' | 'BODYSTRUCTURE' | 'BODY' }
  | {
      kind: 'section'
      /** Name in the response: `BODY[1.2.MIME]<0>`, `RFC822.HEADER`. */
      label: string
      section: Section
      /** Does not set `\Seen`. */
      peek: boolean
      partial: { from: number; count: number } | undefined
    }

export interface Section {
  part: readonly number[]
  what: 'all' | 'HEADER' | 'TEXT' | 'MIME' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT'
  /** In lower case. */
  fields: readonly string[]
}

const MACROS: Record<string, string[]> = {
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
}
const SIMPLE = new Set(['FLAGS', 'UID', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE', 'BODY'])
const OLD: Record<string, { what: Section['what']; peek: boolean }> = {
  RFC822: { what: 'all', peek: false },
  'RFC822.HEADER': { what: 'HEADER', peek: true },
  'RFC822.TEXT': { what: 'TEXT', peek: false },
}
const MOST_ITEMS = 200
const DEEPEST_PART = 60

/** @throws Refusal BAD */
export function readFetchItems(args: Arguments): FetchItem[] {
  const single = args.peek()?.kind !== 'list'
  const words = single ? [args.atom()] : args.list().map(readText)
  args.end()
  if (words.length === 0 || words.length > MOST_ITEMS) throw argumentError()
  const macro = single ? MACROS[words[0]!.toUpperCase()] : undefined
  return (macro ?? words).map(readItem)
}

function readItem(word: string): FetchItem {
  const name = word.toUpperCase()
  if (SIMPLE.has(name)) return { kind: name as 'FLAGS' }
  const old = Object.hasOwn(OLD, name) ? OLD[name] : undefined
  if (old) {
    const section = { part: [], what: old.what, fields: [] }
    return { kind: 'section', label: name, section, peek: old.peek, partial: undefined }
  }
  const match = /^BODY(\.PEEK)?\[(.*)\](?:<(\d{1,10})\.(\d{1,10})>)?$/is.exec(word)
  if (!match) throw argumentError()
  const partial = match[3] === undefined ? undefined : { from: Number(match[3]), count: Number(match[4]) }
  if (partial?.count === 0) throw argumentError()
  const { section, label } = readSection(match[2]!)
  return {
    kind: 'section',
    label: `BODY[${label}]${partial ? `<${partial.from}>` : ''}`,
    section,
    peek: match[1] !== undefined,
    partial,
  }
}

function readSection(text: string): { section: Section; label: string } {
  const match = /^((?:[1-9]\d{0,4}(?:\.|$))*)(?:(HEADER|TEXT|MIME|HEADER\.FIELDS(?:\.NOT)?)(?: (\(.*\)))?)?$/is.exec(
    text,
  )
  if (!match) throw argumentError()
  const part = match[1]!.split('.').filter(Boolean).map(Number)
  const what = (match[2]?.toUpperCase() ?? 'all') as Section['what']
  const needsFields = what.startsWith('HEADER.FIELDS')
  // Invalid: `1.` without a following word, MIME of the whole message, or fields where none belong.
  const endsOpen = match[1]!.endsWith('.') !== (part.length > 0 && what !== 'all')
  if (endsOpen || part.length > DEEPEST_PART || (what === 'MIME' && part.length === 0)) throw argumentError()
  if (needsFields !== (match[3] !== undefined)) throw argumentError()
  const names = needsFields ? fieldNames(match[3]!) : []
  const label = [part.join('.'), what === 'all' ? '' : what].filter(Boolean).join('.')
  return {
    section: { part, what, fields: names.map((name) => name.toLowerCase()) },
    label: needsFields ? `${label} (${names.join(' ')})` : label,
  }
}

function fieldNames(list: string): string[] {
  const [token] = readTokens([list])
  if (token?.kind !== 'list' || token.items.length === 0 || token.items.length > MOST_ITEMS) throw argumentError()
  return token.items.map((item) => {
    const name = readText(item)
    if (!/^[!-9;-~]{1,200}$/.test(name) || /["()\]]/.test(name)) throw argumentError()
    return name
  })
}
