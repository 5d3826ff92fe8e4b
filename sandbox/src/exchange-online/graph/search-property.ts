import { notKnown, readWords, type SearchNode, type WordsProperty } from './search-words.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const WORDS: readonly WordsProperty[] = ['attachment', 'bcc', 'body', 'cc', 'from', 'participants', 'recipients', 'subject', 'to'] // prettier-ignore
/** Exchange's `normal` is KQL's `medium`. */
const IMPORTANCES = { low: 'low', medium: 'normal', normal: 'normal', high: 'high' } as const
const KINDS = ['contacts', 'docs', 'email', 'faxes', 'im', 'journals', 'meetings', 'notes', 'posts', 'rssfeeds', 'tasks', 'voicemail'] // prettier-ignore

/**
 * Reads a property restriction such as `from:kim` or `received>=2026-01-31`.
 *
 * @see https://learn.microsoft.com/graph/search-query-parameter
 */
export function readProperty(
  { name, operator }: { name: string; operator: string },
  value: string,
  isPhrase: boolean,
): SearchNode {
  const property = name.toLowerCase()
  const isEqual = operator === ':' || operator === '='
  const words = WORDS.find((each) => each === property)
  if (words && isEqual) return readWords(words, value, isPhrase)
  if (property === 'received' || property === 'sent') return range(property, operator, value, readDay)
  if (property === 'size') return range(property, operator, value, readBytes)
  if (property === 'importance' && isEqual && Object.hasOwn(IMPORTANCES, value.toLowerCase())) {
    return { kind: 'importance', value: IMPORTANCES[value.toLowerCase() as keyof typeof IMPORTANCES] }
  }
  // The table of the documentation has one name, its example the other one.
  if (/^hasattachments?$/.test(property) && isEqual && /^(?:true|false)$/i.test(value)) {
    return { kind: 'has-attachment', value: value.toLowerCase() === 'true' }
  }
  if (property === 'kind' && isEqual && KINDS.includes(value.toLowerCase())) {
    return { kind: value.toLowerCase() === 'email' ? 'all' : 'none' }
  }
  throw notKnown(`"${name}${operator}${value}"`)
}

type Span = readonly [from: number, before: number]

/** A value, `a..b`, or an open side by an operator. A day lasts until the next one. */
function range(
  property: 'received' | 'sent' | 'size',
  operator: string,
  value: string,
  read: (text: string) => Span | undefined,
): SearchNode {
  const [first = '', last, ...more] = value.split('..')
  const [span, end] = [read(first), last === undefined ? undefined : read(last)]
  if (!span || more.length > 0 || (last !== undefined && !end)) throw notKnown(`"${property}${operator}${value}"`)
  const [from, before] = [span[0], end ? end[1] : span[1]]
  const node = (start: number, stop: number): SearchNode => ({ kind: 'range', property, from: start, before: stop })
  if (operator === ':' || operator === '=') return node(from, before)
  if (last !== undefined) throw notKnown(`"${property}${operator}${value}"`)
  switch (operator) {
    case '>':
      return node(before, Infinity)
    case '>=':
      return node(from, Infinity)
    case '<':
      return node(-Infinity, from)
    case '<=':
      return node(-Infinity, before)
    default:
      return { kind: 'not', node: node(from, before) }
  }
}

/** A day in UTC: `2026-01-31`, or `01/31/2026` as in the documentation. */
function readDay(text: string): Span | undefined {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)
  const [year, month, day] = american
    ? [american[3]!, american[1]!.padStart(2, '0'), american[2]!.padStart(2, '0')]
    : (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.slice(1) ?? [])
  const start = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  // A day that the month lacks.
  if (Number.isNaN(start) || new Date(start).getUTCDate() !== Number(day)) return undefined
  return [start, start + DAY_MS]
}

function readBytes(text: string): Span | undefined {
  return /^\d{1,15}$/.test(text) ? [Number(text), Number(text) + 1] : undefined
}
