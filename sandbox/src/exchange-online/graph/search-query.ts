import { badQuery } from './odata-query.ts'
import { readProperty } from './search-property.ts'
import { notKnown, readWords, type SearchNode } from './search-words.ts'

/** The default limit of a query in KQL. */
const LONGEST = 4096
const DEEPEST = 50

interface Token {
  kind: 'word' | 'phrase' | '(' | ')'
  text: string
  /** `subject` and its operator before a word or phrase. */
  property?: { name: string; operator: string }
}

/**
 * Parses the value of `$search` for messages: KQL between quotation marks, or words of letters alone.
 *
 * @throws GraphError 501 for queries of which Microsoft does not document the effect
 * @see https://learn.microsoft.com/graph/search-query-parameter
 * @see https://learn.microsoft.com/sharepoint/dev/general-development/keyword-query-language-kql-syntax-reference
 */
export function parseSearch(search: string): SearchNode {
  if (search.length > LONGEST) throw notKnown(`a search of more than ${LONGEST} characters`)
  const text = search.trim()
  const parser = createParser(tokensOf(text.startsWith('"') ? unquoted(text) : lettersOf(text)))
  return parser.whole()
}

/** Text between the outer quotation marks; those inside have a backslash. */
function unquoted(text: string): string {
  const inner = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)?.[1]
  if (inner === undefined) throw notKnown('several quoted values, or an open quotation mark')
  return inner.replace(/\\(.)/gs, '$1')
}

function lettersOf(text: string): string {
  const position = text.search(/[^\p{L}\s]/u)
  if (position === -1) return text
  throw badQuery(`Syntax error: character '${text[position]}' is not valid at position ${position} in '${text}'.`)
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s+|([()])|([A-Za-z]+)?(<>|>=|<=|[:=<>])?(?:"([^"]*)"|([^\s()"]+))?/gy
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const [whole = '', paren, name, operator, phrase, word] = pattern.exec(text) ?? []
    if (whole === '') throw notKnown(`"${text.slice(at, at + 20)}"`)
    if (whole.trim() === '') continue
    if (paren !== undefined) tokens.push({ kind: paren as '(' | ')', text: paren })
    else if (operator !== undefined) {
      if (name === undefined || (phrase ?? word) === undefined) throw notKnown(`"${whole}"`)
      tokens.push({
        kind: phrase === undefined ? 'word' : 'phrase',
        text: phrase ?? word!,
        property: { name, operator },
      })
    } else if (phrase !== undefined) {
      if (name !== undefined) tokens.push({ kind: 'word', text: name })
      tokens.push({ kind: 'phrase', text: phrase })
    } else tokens.push({ kind: 'word', text: `${name ?? ''}${word ?? ''}` })
  }
  return tokens
}

function createParser(tokens: readonly Token[]) {
  let at = 0
  const isNext = (text: string) =>
    tokens[at]?.kind !== 'phrase' && tokens[at]?.property === undefined && tokens[at]?.text === text

  function whole(): SearchNode {
    if (tokens.length === 0) throw notKnown('an empty value')
    const node = either(0)
    if (at < tokens.length) throw notKnown(`"${tokens[at]!.text}" at this place`)
    return node
  }

  function either(depth: number): SearchNode {
    if (depth > DEEPEST) throw notKnown(`more than ${DEEPEST} parentheses`)
    const nodes = [all(depth)]
    while (isNext('OR')) {
      at++
      nodes.push(all(depth))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes }
  }

  function all(depth: number): SearchNode {
    const nodes = [one(depth)]
    while (at < tokens.length && !isNext('OR') && !isNext(')')) {
      const [before, next] = [tokens[at - 1]?.property?.name, tokens[at]?.property?.name]
      if (isNext('AND')) at++
      else if (before !== undefined && before.toLowerCase() === next?.toLowerCase()) {
        throw notKnown(`"${next}" twice without an operator`)
      }
      nodes.push(one(depth))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes }
  }

  function one(depth: number): SearchNode {
    if (isNext('NOT')) {
      at++
      return { kind: 'not', node: one(depth + 1) }
    }
    const token = tokens[at++]
    if (token?.kind === '(') {
      const node = either(depth + 1)
      if (!isNext(')')) throw notKnown('an open parenthesis')
      at++
      return node
    }
    if (!token || token.kind === ')' || isOperator(token)) throw notKnown(`"${token?.text ?? ''}" at this place`)
    if (token.property) return readProperty(token.property, token.text, token.kind === 'phrase')
    if (token.kind === 'word' && /^[-+]./.test(token.text)) {
      const node = readWords(undefined, token.text.slice(1), false)
      return token.text.startsWith('-') ? { kind: 'not', node } : node
    }
    return readWords(undefined, token.text, token.kind === 'phrase')
  }

  return { whole }
}

function isOperator({ kind, text, property }: Token): boolean {
  return kind === 'word' && !property && /^(?:AND|OR|NOT|NEAR|ONEAR|XRANK|WORDS|ANY|ALL|NONE)$/.test(text)
}
