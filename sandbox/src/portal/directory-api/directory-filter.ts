/**
 * Parser for the part of `$filter` that scripts use on the directory: comparisons of a property with a value,
 * `startswith`, `in` and `any`, combined with `and` and `or`. String comparison ignores case, as in Entra ID.
 *
 * @see https://learn.microsoft.com/graph/aad-advanced-queries
 */
import { unsupportedQuery } from './directory-errors.ts'

export type JsonRecord = Record<string, unknown>
type Predicate = (item: JsonRecord) => boolean

const MAX_FILTER_LENGTH = 4000

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w/]*)|([(),:]))/y

/**
 * Compiles a filter. Throws `Request_UnsupportedQuery` for unsupported syntax and for properties that are not in
 * `known`.
 */
export function compileFilter(filter: string, known: ReadonlySet<string>): Predicate {
  if (filter.length > MAX_FILTER_LENGTH) throw unsupportedQuery()
  const tokens = tokensOf(filter)
  let at = 0

  const result = disjunction()
  if (at < tokens.length) throw unsupportedQuery()
  return result

  function disjunction(): Predicate {
    const parts = [conjunction()]
    while (accept('or')) parts.push(conjunction())
    return (item) => parts.some((matches) => matches(item))
  }

  function conjunction(): Predicate {
    const parts = [comparison()]
    while (accept('and')) parts.push(comparison())
    return (item) => parts.every((matches) => matches(item))
  }

  function comparison(): Predicate {
    if (accept('startswith')) {
      expect('(')
      const read = property()
      expect(',')
      const start = literal()
      expect(')')
      if (typeof start !== 'string') throw unsupportedQuery()
      return (item) => {
        const value = fold(read(item))
        return typeof value === 'string' && value.startsWith(start.toLowerCase())
      }
    }
    if (peek()?.endsWith('/any')) return anyOf()
    const read = property()
    if (accept('in')) {
      expect('(')
      const values = [literal()]
      while (accept(',')) values.push(literal())
      expect(')')
      return (item) => values.some((value) => fold(value) === fold(read(item)))
    }
    expect('eq')
    const wanted = fold(literal())
    return (item) => (fold(read(item)) ?? null) === wanted
  }

  /** Parses `identifierUris/any(s:s eq 'api://…')`. */
  function anyOf(): Predicate {
    const read = propertyNamed(next().slice(0, -'/any'.length))
    expect('(')
    const variable = next()
    expect(':')
    expect(variable)
    expect('eq')
    const wanted = fold(literal())
    expect(')')
    return (item) => {
      const list = read(item)
      return Array.isArray(list) && list.some((value) => fold(value) === wanted)
    }
  }

  function property(): (item: JsonRecord) => unknown {
    return propertyNamed(next())
  }

  function propertyNamed(name: string): (item: JsonRecord) => unknown {
    if (!known.has(name)) throw unsupportedQuery()
    return (item) => item[name]
  }

  function literal(): string | boolean | null {
    const token = next()
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    throw unsupportedQuery()
  }

  function next(): string {
    const token = tokens[at++]
    if (token === undefined) throw unsupportedQuery()
    return token
  }

  function peek(): string | undefined {
    return tokens[at]
  }

  function accept(word: string): boolean {
    if (tokens[at]?.toLowerCase() !== word) return false
    at++
    return true
  }

  function expect(word: string): void {
    if (next() !== word) throw unsupportedQuery()
  }
}

function tokensOf(filter: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < filter.length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(filter)
    if (match) tokens.push(match[0].trim())
    else if (filter.slice(from).trim() === '') break
    else throw unsupportedQuery()
  }
  return tokens
}

function fold(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
