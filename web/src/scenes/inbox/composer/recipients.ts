/**
 * Recipients as typed and pasted: `Kim <kim@a.example>, "Lee, J." <lee@b.example>; c@d.example`. RFC 5322 §3.4 as far
 * as it occurs in practice, plus Outlook's variants. An invalid address is kept and marked, so that it can be
 * corrected: typed input is never lost.
 */
import type { Address } from '../../../api/client.ts'
import type { words } from '../../../words/index.ts'

type AddressFault = keyof typeof words.composer.addressFaults

export function recipientsIn(text: string): Address[] {
  return joinNames(piecesOf(text)).flatMap(addressesOf)
}

/** Adds recipients, each address once. */
export function withRecipients(present: readonly Address[], more: readonly Address[]): Address[] {
  const result = [...present]
  for (const each of more) {
    if (!result.some(({ address }) => address.toLowerCase() === each.address.toLowerCase())) result.push(each)
  }
  return result
}

/** Formats a recipient so that it can be edited and parsed again. */
export function written({ name, address }: Address): string {
  if (name === '') return address
  return /[",;<>@()\\]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}" <${address}>` : `${name} <${address}>`
}

/** Fault of an address. The server checks the same later. */
export function addressFault({ address }: Pick<Address, 'address'>): AddressFault | undefined {
  const at = address.lastIndexOf('@')
  if (at < 0) return 'noAt'
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  if (local === '') return 'nothingBefore'
  if (local.includes('@')) return 'twoAts'
  if (address.length > LONGEST) return 'tooLong'
  if (!/^([a-z\d][a-z\d-]*\.)+[a-z]{2,}$/i.test(domain)) return 'domain'
  if (!/^(?:[\w'+-]+\.)*[\w'+-]*[\w+-]$/.test(local)) return 'signs'
  return undefined
}

const LONGEST = 254
const LONGEST_NAME = 200
const LONGEST_KEPT = 320

/** Splits at separators outside of quotes, brackets and comments. */
function piecesOf(text: string): string[] {
  const pieces = ['']
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (quoted && sign === '\\') pieces.push(pieces.pop()! + sign + (text[++at] ?? ''))
    else if (!quoted && depth === 0 && /[,;\n\r]/.test(sign)) pieces.push('')
    else {
      if (sign === '"') quoted = !quoted
      if (!quoted && /[<(]/.test(sign)) depth++
      if (!quoted && /[>)]/.test(sign)) depth = Math.max(0, depth - 1)
      pieces.push(pieces.pop()! + sign)
    }
  }
  return pieces.map((piece) => piece.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()).filter((piece) => piece !== '')
}

/** `Doe, Jane <jane@…>`: Outlook does not quote the comma. */
function joinNames(pieces: readonly string[]): string[] {
  const joined: string[] = []
  for (const piece of pieces) {
    const before = joined.at(-1)
    const isRestOfName = before !== undefined && !before.includes('@') && /^[^@<]+<[^>]*@/.test(piece)
    if (isRestOfName) joined.splice(-1, 1, `${before}, ${piece}`)
    else joined.push(piece)
  }
  return joined
}

function addressesOf(piece: string): Address[] {
  const [, name = '', address] = /^("(?:[^"\\]|\\.)*"\s*|[^<]*)<([^>]*)>?$/s.exec(piece) ?? []
  if (address !== undefined) return [recipient(unquoted(name.trim()), address.trim())]
  const [, bare, comment] = /^(\S+@\S+)\s*\(([^)]*)\)$/.exec(piece) ?? []
  if (bare !== undefined) return [recipient(comment!.trim(), bare)]
  const parts = piece.split(/\s+/)
  if (parts.length > 1 && parts.every((part) => part.includes('@'))) return parts.map((part) => recipient('', part))
  return [recipient('', piece)]
}

function recipient(name: string, address: string): Address {
  const plain = asciiDomain(address.replace(/^mailto:/i, '')).slice(0, LONGEST_KEPT)
  return { name: name.toLowerCase() === plain.toLowerCase() ? '' : name.slice(0, LONGEST_NAME), address: plain }
}

function unquoted(name: string): string {
  const quoted = /^"(.*)"$/s.exec(name)?.[1]
  return quoted === undefined ? name : quoted.replace(/\\(.)/g, '$1')
}

/** `kim@bücher.example` as mail servers know it (RFC 5891). */
function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || !/[^\0-\x7f]/.test(domain) || /[\s/?#:\\]/.test(domain)) return address
  const url = URL.parse(`http://${domain}`)
  return url ? `${address.slice(0, at)}@${url.hostname}` : address
}
