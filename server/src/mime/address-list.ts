import { wordsIn, type EncodedWord } from './encoded-words.ts'

/** One address of a list as it is written: encoded words of its name are still encoded. */
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
  /** As {@link words} without quoted strings, which are names, but for those that are local parts. */
  raw: string
  /** Length of {@link words} before the angle brackets. */
  before: number
  end: ',' | ';' | ''
}

/**
 * Mailboxes of an address list (RFC 5322 §3.4, §4.4), with what is written instead: commas in names without quotes,
 * semicolons between addresses, quotes and brackets that do not close, `mailto:`, source routes, comments anywhere. Groups
 * are replaced by their members. Time is linear in the length.
 */
export function readAddressList(value: string, most: number): WrittenAddress[] {
  const pieces = piecesOf(isBalanced(value) ? value : value.replaceAll('"', ' '), most)
  const found: WrittenAddress[] = []
  /** Names without an address: parts of the next name, because a comma was not quoted. */
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

/** Whether every quote closes. One that does not would swallow all that follows. */
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
  // Where no comment closes, a parenthesis is a character like others.
  const lastClosing = value.lastIndexOf(')')
  const lastBracket = value.lastIndexOf('>')
  const end = (by: Piece['end']) => {
    pieces.push({ ...piece, end: by })
    piece = emptyPiece()
  }
  // What is encoded has no meaning in the list, even where its characters should have been encoded as well.
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
      // Between two addresses a comma is missing.
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
    // The name of a group: it has members up to a semicolon.
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

/** Comments nest (RFC 5322 §3.2.2). One that does not close ends at the end of the field. */
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

/** Up to `>`; where none comes, up to the next comma. */
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

/** `Kim kim@customer.example`: the first word with an @ is the address. */
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

/** Without source route (RFC 5322 §4.4), `mailto:` and white space that obsolete syntax allows. */
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
