import { Findings } from './bounds.ts'
import { decodeText } from './charset.ts'

export interface EncodedWord {
  start: number
  end: number
  charset: string
  encoding: 'B' | 'Q'
  payload: string
}

/** Longer than any charset name with its language. */
const LONGEST_CHARSET = 100

/**
 * Decodes the encoded words of a header field (RFC 2047). Accepts spaces and question marks in Q, and characters split
 * between two words of the same charset.
 */
export function decodeWords(text: string): string {
  let [decoded, at] = ['', 0]
  let run: { charset: string; pieces: Buffer[] } | undefined
  const flush = () => {
    if (run) decoded += decodeText(Buffer.concat(run.pieces), run.charset, new Findings())
    run = undefined
  }
  for (const word of wordsIn(text)) {
    const between = text.slice(at, word.start)
    // White space between two encoded words isn't part of the text (§6.2).
    const isAdjacent = run !== undefined && between.trim() === ''
    if (!isAdjacent || run?.charset !== word.charset) flush()
    if (!isAdjacent) decoded += between
    run ??= { charset: word.charset, pieces: [] }
    run.pieces.push(bytesOf(word))
    at = word.end
  }
  flush()
  return decoded + text.slice(at)
}

/**
 * Escapes 8-bit bytes within encoded words as RFC 2047 requires. These bytes have the charset of the word. Without
 * escaping, the charset detection of the field would convert them once and the word a second time.
 */
export function escapeRawWords(field: Buffer): Buffer {
  const text = field.toString('latin1')
  let [escaped, at] = ['', 0]
  for (const { start, end, charset, encoding, payload } of wordsIn(text)) {
    if (!/[\x80-\xff]/.test(payload)) continue
    // Base64 contains no such bytes: the text was not encoded at all.
    const ascii = encoding === 'Q' ? escapeBytes(payload) : Buffer.from(payload, 'latin1').toString('base64')
    escaped += `${text.slice(at, start)}=?${charset}?${encoding}?${ascii}?=`
    at = end
  }
  return at === 0 ? field : Buffer.from(escaped + text.slice(at), 'latin1')
}

function escapeBytes(payload: string): string {
  return payload.replaceAll(/[\x80-\xff]/g, (sign) => `=${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Yields the positions of the encoded words of a text, in order. */
export function* wordsIn(text: string): Generator<EncodedWord> {
  let end = -1
  for (let start = text.indexOf('=?'); start >= 0;) {
    const head = /^=\?([^?\s]{1,100})\?([bq])\?/i.exec(text.slice(start, start + LONGEST_CHARSET + 5))
    const from = start + (head?.[0].length ?? 2)
    if (end < from) end = text.indexOf('?=', from)
    // Searched only once: no word ends after this position.
    if (end < 0) return
    const next = text.indexOf('=?', from)
    // An unfinished word must not swallow the next one.
    if (head && (next < 0 || next >= end - 1)) {
      const [charset = ''] = head[1]!.split('*')
      const encoding = head[2]!.toUpperCase() as 'B' | 'Q'
      yield { start, end: end + 2, charset: charset.toLowerCase(), encoding, payload: text.slice(from, end) }
      start = text.indexOf('=?', end + 2)
    } else start = next
  }
}

function bytesOf({ encoding, payload }: EncodedWord): Buffer {
  if (encoding === 'B') return Buffer.from(payload, 'base64')
  const bytes = Buffer.from(payload)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const pair = bytes[at] === 61 ? bytes.toString('latin1', at + 1, at + 3) : ''
    if (/^[0-9a-f]{2}$/i.test(pair)) {
      bytes[length++] = Number.parseInt(pair, 16)
      at += 2
    } else bytes[length++] = bytes[at] === 95 ? 32 : bytes[at]!
  }
  return bytes.subarray(0, length)
}
