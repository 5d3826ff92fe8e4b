import { argumentError } from './refusal.ts'

/** An argument of a command. Text has one character per byte. */
export type Token =
  | { kind: 'atom'; text: string }
  /** A quoted string or a literal. */
  | { kind: 'string'; bytes: Buffer }
  | { kind: 'list'; items: Token[] }

const DEEPEST = 32

/**
 * Parses the arguments of a command. An atom accepts everything that RFC 3501 allows in any context: wildcards of LIST,
 * backslashes of flags, and sections, inside whose brackets spaces and parentheses belong to the atom.
 *
 * @throws Refusal BAD
 */
export function readTokens(pieces: readonly (string | Buffer)[]): Token[] {
  const open: Token[][] = [[]]
  // `a"b"` and `(a)(b)` without a space are invalid.
  let mayBegin = true
  const begin = () => {
    if (!mayBegin) throw argumentError()
  }

  const add = (token: Token) => {
    begin()
    mayBegin = false
    open.at(-1)!.push(token)
  }

  for (const piece of pieces) {
    if (typeof piece !== 'string') {
      add({ kind: 'string', bytes: piece })
      continue
    }
    for (let at = 0; at < piece.length;) {
      const char = piece[at]!
      if (char === ' ') {
        mayBegin = true
        at++
      } else if (char === '(') {
        begin()
        if (open.length > DEEPEST) throw argumentError()
        open.push([])
        at++
      } else if (char === ')') {
        const items = open.pop()!
        if (open.length === 0) throw argumentError()
        mayBegin = true
        add({ kind: 'list', items })
        at++
      } else if (char === '"') {
        const { bytes, end } = readQuoted(piece, at)
        add({ kind: 'string', bytes })
        at = end
      } else {
        const end = endOfAtom(piece, at)
        add({ kind: 'atom', text: piece.slice(at, end) })
        at = end
      }
    }
  }
  if (open.length !== 1) throw argumentError()
  return open[0]!
}

function readQuoted(text: string, from: number): { bytes: Buffer; end: number } {
  let value = ''
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '"') return { bytes: Buffer.from(value, 'latin1'), end: at + 1 }
    if (text[at] === '\\') at++
    value += text[at] ?? ''
  }
  throw argumentError()
}

function endOfAtom(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const char = text[at]!
    if (char === '[') at = endOfSection(text, at)
    else if (char === ' ' || char === '(' || char === ')' || char === '"' || char === '{' || isControl(char)) break
  }
  if (at === from) throw argumentError()
  return at
}

/** Position of the closing bracket, ignoring quoted ones. */
function endOfSection(text: string, from: number): number {
  let quoted = false
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted
    else if (text[at] === ']' && !quoted) return at
  }
  throw argumentError()
}

function isControl(char: string): boolean {
  return char < ' ' || char === '\u007f'
}
