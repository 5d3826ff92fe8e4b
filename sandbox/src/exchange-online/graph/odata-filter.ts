import { badQuery } from './odata-query.ts'

/**
 * A parsed `$filter`. @see https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html §5.1.1
 */
export type Filter =
  | { kind: 'and' | 'or'; left: Filter; right: Filter }
  | { kind: 'not'; filter: Filter }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'function'; name: string; arguments: Operand[] }
  | { kind: 'any'; path: string; variable: string; filter: Filter }
  /** A Boolean property without an operator. */
  | { kind: 'property'; path: string }

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

export type Operand = { path: string } | { literal: Literal } | { function: string; arguments: Operand[] }

export type Literal = string | number | boolean | null | Date

interface Token {
  kind: 'string' | 'word' | 'number' | 'date' | 'symbol' | 'end'
  text: string
  at: number
}

const LONGEST = 8192
const DEEPEST = 30
const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const TOKEN =
  /\s*(?:(?<string>'(?:[^']|'')*')|(?<date>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)|(?<number>-?\d+(?:\.\d+)?)(?![\w-])|(?<word>[A-Za-z_][\w.]*(?:\/[A-Za-z_][\w.]*)*)|(?<symbol>[(),:]))/y

/** Parses a `$filter`. @throws GraphError 400 with the position of the syntax error */
export function parseFilter(text: string): Filter {
  const fail = (at: number) => badQuery(`Invalid filter clause: Syntax error at position ${at} in '${text}'.`)
  if (text.length > LONGEST) throw badQuery('Invalid filter clause: it is too long.')
  const tokens = tokenize(text, fail)
  let next = 0
  let depth = 0

  const peek = () => tokens[next]!
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toLowerCase() === word
  const isSymbol = (symbol: string) => peek().kind === 'symbol' && peek().text === symbol

  function take(symbol: string): void {
    if (!isSymbol(symbol)) throw fail(peek().at)
    next++
  }

  function or(): Filter {
    if (++depth > DEEPEST) throw badQuery('Invalid filter clause: it is nested too deeply.')
    let left = and()
    while (isWord('or')) {
      next++
      left = { kind: 'or', left, right: and() }
    }
    depth--
    return left
  }

  function and(): Filter {
    let left = not()
    while (isWord('and')) {
      next++
      left = { kind: 'and', left, right: not() }
    }
    return left
  }

  function not(): Filter {
    if (!isWord('not')) return primary()
    next++
    if (++depth > DEEPEST) throw badQuery('Invalid filter clause: it is nested too deeply.')
    const filter = not()
    depth--
    return { kind: 'not', filter }
  }

  function primary(): Filter {
    if (isSymbol('(')) {
      next++
      const inner = or()
      take(')')
      return inner
    }
    const start = peek()
    if (start.kind === 'word' && /\/any$/i.test(start.text) && tokens[next + 1]?.text === '(') return any(start)

    const left = operand()
    const operator = peek().kind === 'word' ? peek().text.toLowerCase() : ''
    if (COMPARISONS.has(operator)) {
      next++
      return { kind: 'compare', operator: operator as Comparison, left, right: operand() }
    }
    if ('function' in left) return { kind: 'function', name: left.function, arguments: left.arguments }
    if ('path' in left) return { kind: 'property', path: left.path }
    throw fail(peek().at)
  }

  function any(start: Token): Filter {
    next += 2
    const variable = peek()
    if (variable.kind !== 'word') throw fail(variable.at)
    next++
    take(':')
    const filter = or()
    take(')')
    return { kind: 'any', path: start.text.replace(/\/any$/i, ''), variable: variable.text, filter }
  }

  function operand(): Operand {
    const token = peek()
    next++
    switch (token.kind) {
      case 'string':
        return { literal: token.text.slice(1, -1).replaceAll("''", "'") }
      case 'number':
        return { literal: Number(token.text) }
      case 'date': {
        const date = new Date(/T/.test(token.text) && !/(Z|[+-]\d\d:\d\d)$/.test(token.text) ? `${token.text}Z` : token.text) // prettier-ignore
        if (Number.isNaN(date.getTime())) throw fail(token.at)
        return { literal: date }
      }
      case 'word':
        return isSymbol('(') ? call(token) : word(token.text)
      case 'symbol':
      case 'end':
        throw fail(token.at)
    }
  }

  function call(name: Token): Operand {
    if (++depth > DEEPEST) throw badQuery('Invalid filter clause: it is nested too deeply.')
    take('(')
    const values: Operand[] = []
    while (!isSymbol(')')) {
      values.push(operand())
      if (!isSymbol(')')) take(',')
    }
    take(')')
    depth--
    return { function: name.text.toLowerCase(), arguments: values }
  }

  const filter = or()
  if (peek().kind !== 'end') throw fail(peek().at)
  return filter
}

function word(text: string): Operand {
  if (/^(true|false)$/i.test(text)) return { literal: text.toLowerCase() === 'true' }
  return text === 'null' ? { literal: null } : { path: text }
}

function tokenize(text: string, fail: (at: number) => Error): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(text)?.groups
    if (!groups) throw fail(at)
    for (const kind of ['string', 'date', 'number', 'word', 'symbol'] as const) {
      const found = groups[kind]
      if (found !== undefined) tokens.push({ kind, text: found, at: TOKEN.lastIndex - found.length })
    }
    at = TOKEN.lastIndex
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

/** Distinct properties in a filter, in the order of their first occurrence. */
export function listProperties(filter: Filter): string[] {
  const found = new Set<string>()
  visit(filter)
  return [...found]

  function visit(node: Filter): void {
    switch (node.kind) {
      case 'and':
      case 'or':
        visit(node.left)
        visit(node.right)
        break
      case 'not':
        visit(node.filter)
        break
      case 'compare':
        visitOperand(node.left)
        visitOperand(node.right)
        break
      case 'function':
        node.arguments.forEach(visitOperand)
        break
      case 'any':
      case 'property':
        found.add(node.path.toLowerCase())
    }
  }

  function visitOperand(operand: Operand): void {
    if ('path' in operand) found.add(operand.path.toLowerCase())
    if ('function' in operand) operand.arguments.forEach(visitOperand)
  }
}
