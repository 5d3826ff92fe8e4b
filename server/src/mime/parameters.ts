import { BOUNDS, Findings } from './bounds.ts'
import { decodeText } from './charset.ts'
import { words } from './header.ts'

/** Structured field such as Content-Type: its value in lower case, and its parameters by name in lower case. */
export interface Parameterized {
  value: string
  parameters: ReadonlyMap<string, string>
}

const PARAMETER = /;?\s*([^\s;=]{1,100}?)(\*\d{0,3})?(\*)?\s*=\s*(?:"((?:[^"\\]|\\[^])*)("?)|([^;]*))/gy
const MOST_PARAMETERS = 100

interface Piece {
  at: number
  text: string
  encoded: boolean
}

/**
 * Returns value and parameters (RFC 2045 §5.1). Accepts continuations and charsets (RFC 2231), encoded words in invalid
 * places (`filename="=?utf-8?B?…?="`, a common error), missing quotes and missing semicolons.
 */
export function readParameters(field: string | undefined): Parameterized {
  const text = withoutComments(field ?? '')
  const semicolon = text.indexOf(';')
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase()
  const parameters = new Map<string, string>()
  if (semicolon < 0) return { value, parameters }

  const pieces = new Map<string, Piece[]>()
  PARAMETER.lastIndex = semicolon
  for (let count = 0; count < MOST_PARAMETERS; count++) {
    const from = PARAMETER.lastIndex
    const match = PARAMETER.exec(text)
    if (!match) {
      const next = text.indexOf(';', from + 1)
      if (next < 0) break
      PARAMETER.lastIndex = next
      continue
    }
    const [, name = '', section, star, quoted, , bare] = match
    const content = quoted === undefined ? (bare ?? '').trim() : quoted.replaceAll(/\\([^])/g, '$1')
    // `name*` alone is one encoded piece; `name*0*` is the first of several.
    const encoded = star !== undefined || section === '*'
    const at = section === undefined || section === '*' ? 0 : Number(section.slice(1))
    const key = name.toLowerCase()
    pieces.set(key, [...(pieces.get(key) ?? []), { at, text: content, encoded }])
  }
  for (const [name, found] of pieces) parameters.set(name, joined(found))
  return { value, parameters }
}

/** Joins the pieces of a parameter. Encoded pieces take precedence over plain ones of the same name (RFC 5987 §4.2). */
function joined(pieces: readonly Piece[]): string {
  const wanted = pieces.some(({ encoded }) => encoded) ? firstEncodedRun(pieces) : pieces
  const sorted = [...wanted].sort((one, other) => one.at - other.at)
  if (!sorted.some(({ encoded }) => encoded)) {
    const isSplit = sorted.some(({ at }) => at > 0)
    return words(isSplit ? sorted.map(({ text }) => text).join('') : (sorted[0]?.text ?? ''))
  }
  const [, charset = '', , rest] = /^([^']*)'([^']*)'([^]*)$/.exec(sorted[0]!.text) ?? []
  const bytes = sorted.map(({ text, encoded }, index) => {
    const content = index === 0 && rest !== undefined ? rest : text
    return encoded ? fromPercent(content) : Buffer.from(content)
  })
  return decodeText(Buffer.concat(bytes).subarray(0, BOUNDS.fieldBytes), charset, new Findings())
}

function firstEncodedRun(pieces: readonly Piece[]): readonly Piece[] {
  const alone = pieces.find(({ encoded, at, text }) => encoded && at === 0 && /^[^']*'[^']*'/.test(text))
  const others = pieces.filter(({ at }) => at > 0)
  return alone ? [alone, ...others] : pieces
}

function fromPercent(text: string): Buffer {
  const bytes = Buffer.from(text)
  const decoded = Buffer.alloc(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const pair = bytes[at] === 37 ? bytes.toString('latin1', at + 1, at + 3) : ''
    if (/^[0-9a-f]{2}$/i.test(pair)) {
      decoded[length++] = Number.parseInt(pair, 16)
      at += 2
    } else decoded[length++] = bytes[at]!
  }
  return decoded.subarray(0, length)
}

/** Removes comments (RFC 5322 §3.2.2) outside of quotes. Unclosed comments are kept. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let [kept, depth, quoted] = ['', 0, false]
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '\\') {
      if (depth === 0) kept += sign + (text[at + 1] ?? '')
      at++
    } else if (sign === '"' && depth === 0) {
      quoted = !quoted
      kept += sign
    } else if (sign === '(' && !quoted) depth++
    else if (sign === ')' && !quoted && depth > 0) depth--
    else if (depth === 0) kept += sign
  }
  return depth === 0 && !quoted ? kept : text
}
