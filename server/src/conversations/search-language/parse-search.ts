import { parsePeriod } from './days.ts'
import { readAccount, readAssignee, readTag, valuesOf } from './named-values.ts'
import {
  MARKED_FIELDS,
  STATES,
  type ParsedSearch,
  type Result,
  type SearchContext,
  type SearchProblem,
  type SearchTerm,
  type State,
  type TextField,
} from './search-terms.ts'
import { MOST_TERMS, splitQuery, type QueryPart } from './split-query.ts'
import { fill, TEXTS } from './texts.ts'

export { MOST_TERMS } from './split-query.ts'

const TEXT_FIELDS = [...MARKED_FIELDS, 'body'] as const satisfies readonly TextField[]
const EXAMPLES: Readonly<Record<(typeof TEXT_FIELDS)[number], string>> = {
  from: 'anna@contoso.com',
  to: 'support@contoso.com',
  subject: 'invoice',
  body: 'refund',
  filename: 'report.pdf',
  note: 'refund',
}
export const OPERATORS = [...TEXT_FIELDS, 'has', 'before', 'after', 'on', 'is', 'assignee', 'mailbox', 'tag'] as const
type Operator = (typeof OPERATORS)[number]

const LEAST_LETTERS = /[\p{L}\p{N}]/u

/**
 * Parses a query such as `from:anna subject:"last offer" -draft has:attachment`. A part with an operator and without a
 * valid value is ignored and named in `problems`; the other parts apply.
 */
export function parseSearch(query: string, context: SearchContext): ParsedSearch {
  const terms: SearchTerm[] = []
  const problems: SearchProblem[] = []
  for (const part of splitQuery(query)) {
    const result = readPart(part, context)
    if ('title' in result) {
      problems.push({ term: part.term, ...result })
      continue
    }
    const misspelled = part.operator !== undefined && !isOperator(part.operator) && similarOperator(part.operator)
    if (misspelled) {
      const values = { operator: part.operator!, meant: misspelled }
      const [title, fix] = [fill(TEXTS.misspelled, values), fill(TEXTS.misspelledFix, values)]
      problems.push({ term: part.term, title, fix })
    }
    if (terms.length + result.terms.length > MOST_TERMS) {
      const values = { count: String(MOST_TERMS) }
      problems.push({ term: part.term, title: fill(TEXTS.tooMany, values), fix: TEXTS.tooManyFix })
      break
    }
    terms.push(...result.terms)
  }
  return { terms, problems }
}

function readPart(part: QueryPart, context: SearchContext): Result {
  const { operator, value, isPhrase, isNegated } = part
  if (operator === undefined || !isOperator(operator)) {
    const text = operator === undefined ? value : `${operator}:${value}`
    if (!LEAST_LETTERS.test(text)) return { terms: [] }
    return { terms: [{ kind: 'text', field: 'any', text, isPhrase, isNegated }] }
  }
  switch (operator) {
    case 'has':
      if (value.toLowerCase() !== 'attachment') return oneOf(operator, ['attachment'])
      return { terms: [{ kind: 'attachment', isNegated }] }
    case 'before':
    case 'after':
    case 'on': {
      const period = parsePeriod(value, context.now, context.timeZone)
      if (!period) return { title: fill(TEXTS.noDay, { operator }), fix: TEXTS.noDayFix }
      if (operator === 'on' && isNegated) return { title: TEXTS.negatedDay, fix: TEXTS.negatedDayFix }
      if (operator === 'on') return { terms: [{ kind: 'received', from: period.start, until: period.end }] }
      const isLater = (operator === 'after') !== isNegated
      return { terms: [isLater ? { kind: 'received', from: period.start } : { kind: 'received', until: period.start }] }
    }
    case 'is': {
      const states = valuesOf(part).map((one) => STATES.find((state) => state === one))
      if (states.length === 0 || states.includes(undefined)) return oneOf(operator, STATES)
      return { terms: [{ kind: 'state', states: states as State[], isNegated }] }
    }
    case 'assignee':
      return readAssignee(part, context)
    case 'mailbox':
      return readAccount(part, context)
    case 'tag':
      return readTag(part, context)
    default:
      if (!LEAST_LETTERS.test(value)) {
        const values = { operator, example: EXAMPLES[operator] }
        return { title: fill(TEXTS.noText, values), fix: fill(TEXTS.noTextFix, values) }
      }
      return { terms: [{ kind: 'text', field: operator, text: value, isPhrase, isNegated }] }
  }
}

function oneOf(operator: string, values: readonly string[]): Result {
  return { title: fill(TEXTS.oneOf, { operator, values: values.join(', ') }), fix: TEXTS.oneOfFix }
}

function isOperator(name: string): name is Operator {
  return (OPERATORS as readonly string[]).includes(name)
}

/** An operator with the same letters, or that the name begins or extends. `Re:` and `http:` are text. */
function similarOperator(name: string): Operator | undefined {
  const sorted = (text: string) => Array.from(text).sort().join('')
  return OPERATORS.find(
    (one) => sorted(one) === sorted(name) || (name.length >= 3 && (one.startsWith(name) || name.slice(0, -1) === one)),
  )
}
