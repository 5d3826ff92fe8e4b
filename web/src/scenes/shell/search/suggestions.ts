import { words } from '../../../words/index.ts'

/** Completion of the part of a query before the cursor. */
export interface Suggestion {
  /** Text that replaces the part. */
  text: string
  hint: string
}

export interface Suggested {
  /** Position of the part in the query. */
  from: number
  to: number
  suggestions: readonly Suggestion[]
}

export interface KnownNames {
  accounts: readonly { key: string; address: string }[]
  people: readonly { name: string }[]
  tags: readonly { name: string }[]
}

const MOST = 8
const OPERATORS = Object.entries(words.search.operators)
const DAYS = ['today', 'yesterday', '7d', '1m', '1y']
const STATES = [
  ...['open', 'waiting', 'snoozed', 'closed', 'needs-reply', 'unread', 'read', 'assigned', 'unassigned'],
  ...['spam', 'deleted'],
]

/** Operators whose name begins with the part before the cursor, or values of its operator. */
export function suggest(query: string, cursor: number, known: KnownNames): Suggested {
  const before = query.slice(0, cursor)
  const part = /(?:[^\s"]|"[^"]*"?)*$/.exec(before)?.[0] ?? ''
  const place = { from: cursor - part.length, to: cursor }
  const [, sign = '', operator = '', value = ''] = /^(-?)([a-z]+):(.*)$/is.exec(part) ?? []
  if (operator === '') {
    const isNegated = part.startsWith('-')
    const begin = part.replace(/^-/, '').toLowerCase()
    const suggestions = OPERATORS.filter(([name]) => name.startsWith(begin)).map(([name, hint]) => ({
      text: `${isNegated ? '-' : ''}${name}:`,
      hint,
    }))
    return { ...place, suggestions }
  }
  const begin = value.replace(/^"/, '').toLowerCase()
  const suggestions = valuesOf(operator.toLowerCase(), known)
    .filter(({ text, hint }) => [text, hint].some((each) => each.toLowerCase().startsWith(begin)))
    .filter(({ text }) => text.toLowerCase() !== begin)
    .slice(0, MOST)
    .map(({ text, hint }) => ({ text: `${sign}${operator}:${text.includes(' ') ? `"${text}"` : text} `, hint }))
  return { ...place, suggestions }
}

function valuesOf(operator: string, { accounts, people, tags }: KnownNames): Suggestion[] {
  const plain = (texts: readonly string[]) => texts.map((text) => ({ text, hint: '' }))
  switch (operator) {
    case 'has':
      return plain(['attachment'])
    case 'is':
      return plain(STATES)
    case 'before':
    case 'after':
    case 'on':
      return plain(DAYS)
    case 'mailbox':
      return accounts.map(({ key, address }) => ({ text: key, hint: address }))
    case 'assignee':
      return [...plain(['me', 'none']), ...plain(people.map(({ name }) => name))]
    case 'tag':
      return [...plain(['none']), ...plain(tags.map(({ name }) => name))]
    default:
      return []
  }
}
