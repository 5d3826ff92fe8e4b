import { wordsIn, type EncodedWord } from './encoded-words.ts'

/** One address of a list in its original form: encoded words of its name are still encoded. */
export interface WrittenAddress {
  name: string
  address: string
}

interface Piece {
  /** Text outside of angle brackets, without comments; quoted strings are unquoted. */
  words: string
  /** Text in angle brackets. */
  angle: string | undefined
  comment: string
  /** Like {@link words}, without quoted strings that are names. Quoted local parts are included. */
  raw: string
  /** Length of {@link words} before the angle brackets. */
  before: number
  end: ',' | ';' | ''
}

/**
 * Returns the mailboxes of an address list (RFC 5322 §3.4, §4.4). Accepts common errors: commas in names without
 * quotes, semicolons between addresses, unclosed quotes and brackets, `mailto:`, source routes, comments anywhere.
 * Groups are replaced by their members. Time is linear in the length.
 */
export function readAddressList(value: string, most: number): WrittenAddress[] {
  const pieces = piecesOf(isBalanced(value) ? value : value.replaceAll('"', ' '), most)
  const found: WrittenAddress[] = []
  /** Names without an address: parts of the next name, split at an unquoted comma. */
  let names: string[] = []
  const flush = () => {
    if (names.length > 0) found.push({ name: joined(names), address: '' })
    names = []
  }
  for (const piece of pieces) {
    const one = writtenAddressOf(piece)
    if (one.address === '') {
      if (one.name !== '') names.push(piece.words)
      if (piece.end === ';') flush()
    } else if (piece.angle !== undefined && names.length > 0) {
      found.push({ name: joined([...names, piece.words]), address: one.address })
      names = []
    } else {
      flush()
      found.push(one)
    }
  }
  flush()
  return found
}

function joined(names: readonly string[]): string {
  return oneSpaced(names.join(',')).replace(/,$/, '')
}

/** Returns true when every quote is closed. An unclosed quote would swallow the rest of the list. */
function isBalanced(value: string): boolean {
  let isOpen = false
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === '"') isOpen = !isOpen
  }
  return !isOpen
}

function piecesOf(value: string, most: number): Piece[] {
  const pieces: Piece[] = []
  let piece = emptyPiece()
  const lastSemicolon = value.lastIndexOf(';')
  // After the last closing parenthesis, an opening one is an ordinary character.
  const lastClosing = value.lastIndexOf(')')
  const lastBracket = value.lastIndexOf('>')
  const end = (by: Piece['end']) => {
    pieces.push({ ...piece, end: by })
    piece = emptyPiece()
  }
  // Encoded words have no meaning for the list, even if they contain characters that had to be encoded.
  const encoded = wordsIn(value)
  let word = nextWord(encoded)
  for (let at = 0; at < value.length && pieces.length < most; at++) {
    const sign = value[at]!
    while (word && word.start < at) word = nextWord(encoded)
    if (word?.start === at) {
      piece.raw += value.slice(at, word.end)
      piece.words += value.slice(at, word.end)
      at = word.end - 1
    } else if (sign === '"') {
      const [text, next] = quotedAt(value, at)
      const isLocalPart = value[next] === '@'
      piece.raw += isLocalPart ? value.slice(at, next) : ' '
      piece.words += isLocalPart ? value.slice(at, next) : text
      at = next - 1
    } else if (sign === '(' && at < lastClosing) {
      const [text, next] = commentAt(value, at)
      piece.comment += ` ${text}`
      at = next - 1
    } else if (sign === '<') {
      // A comma is missing between two addresses.
      if (piece.angle !== undefined) {
        const name = piece.words.slice(piece.before)
        piece.words = piece.words.slice(0, piece.before)
        end(',')
        piece.words = name
      }
      const [text, next] = angleAt(value, at, lastBracket)
      piece.angle = text
      piece.before = piece.words.length
      at = next - 1
    } else if (sign === ',') end(',')
    else if (sign === ';') end(';')
    else if (sign === ':' && piece.raw.length < 20 && /^\s*mailto$/i.test(piece.raw)) {
      piece.raw += sign
      piece.words += sign
    }
    // Name of a group, whose members end at a semicolon.
    else if (sign === ':' && piece.angle === undefined && at < lastSemicolon) [piece.words, piece.raw] = ['', '']
    else if (sign !== '>') {
      const text = sign === '\\' ? (value[++at] ?? '') : sign
      piece.words += text
      piece.raw += text
    }
  }
  if (pieces.length < most) end('')
  return pieces
}

function nextWord(words: Iterator<EncodedWord>): EncodedWord | undefined {
  for (let next = words.next(); !next.done; next = words.next()) if (!/[<>]/.test(next.value.payload)) return next.value
  return undefined
}

function emptyPiece(): Piece {
  return { words: '', angle: undefined, comment: '', raw: '', before: 0, end: '' }
}

function quotedAt(value: string, start: number): [text: string, next: number] {
  let text = ''
  for (let at = start + 1; at < value.length; at++) {
    const sign = value[at]!
    if (sign === '"') return [text, at + 1]
    text += sign === '\\' ? (value[++at] ?? '') : sign
  }
  return [text, value.length]
}

/** Reads a comment. Comments nest (RFC 5322 §3.2.2). An unclosed comment ends at the end of the field. */
function commentAt(value: string, start: number): [text: string, next: number] {
  let [text, depth] = ['', 1]
  for (let at = start + 1; at < value.length; at++) {
    const sign = value[at]!
    if (sign === '(') depth++
    if (sign === ')' && --depth === 0) return [text, at + 1]
    text += sign === '\\' ? (value[++at] ?? '') : sign
  }
  return [text, value.length]
}

/** Reads up to `>`, or up to the next comma when there is none. */
function angleAt(value: string, start: number, lastBracket: number): [text: string, next: number] {
  let text = ''
  const isClosed = start < lastBracket
  for (let at = start + 1; at < value.length; at++) {
    const sign = value[at]!
    if (sign === '>') return [text, at + 1]
    if (!isClosed && (sign === ',' || sign === ';')) return [text, at]
    if (sign === '(') at = commentAt(value, at)[1] - 1
    else if (sign === '"') {
      const [, next] = quotedAt(value, at)
      text += value.slice(at, next)
      at = next - 1
    } else if (sign !== '<') text += sign
  }
  return [text, value.length]
}

function writtenAddressOf({ words, angle, comment, raw }: Piece): WrittenAddress {
  const note = oneSpaced(comment)
  if (angle !== undefined) return { name: oneSpaced(words) || note, address: addrSpecOf(angle) }
  const token = bareAddressIn(raw)
  if (token === undefined) return { name: oneSpaced(words), address: '' }
  const at = Math.max(0, words.indexOf(token))
  return { name: oneSpaced(words.slice(0, at) + words.slice(at + token.length)) || note, address: addrSpecOf(token) }
}

/** Finds the address in `Kim kim@customer.example`: the first word with an @. */
function bareAddressIn(raw: string): string | undefined {
  const bare = raw.trim()
  if (bare.startsWith('"')) {
    const rest = bare.slice(bare.lastIndexOf('"'))
    return bare.slice(0, bare.length - rest.length) + (/^\S+/.exec(rest)?.[0] ?? '')
  }
  // White space around the @ is obsolete syntax.
  if (/\s@|@\s/.test(bare)) return bare
  return bare.split(/\s+/).find((token) => token.includes('@') && !token.startsWith('=?'))
}

function oneSpaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** Returns the addr-spec without source route (RFC 5322 §4.4), `mailto:` and the white space of obsolete syntax. */
function addrSpecOf(text: string): string {
  const trimmed = text.trim()
  const [mailto] = /^\[?mailto:/i.exec(trimmed) ?? []
  const bare = mailto === undefined ? trimmed : trimmed.slice(mailto.length).replace(/\]$/, '')
  const query = mailto === undefined ? -1 : bare.indexOf('?')
  const plain = query < 0 ? bare : bare.slice(0, query)
  const route = plain.startsWith('@') ? plain.indexOf(':') : -1
  const address = plain.slice(route + 1)
  return address.startsWith('"') || !address.includes('@') ? address.trim() : address.replaceAll(/\s+/g, '')
}
