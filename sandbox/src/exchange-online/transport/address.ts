/** Part of an address in the envelope, without names and angle brackets. */

const ATOM = String.raw`[^\s"(),:;<>@[\\\]\x00-\x1f\x7f]+`
const QUOTED = String.raw`"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"`
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?`
const ADDRESS = new RegExp(`^(?:${ATOM}|${QUOTED})@${LABEL}(?:\\.${LABEL})+$`, 'u')

/**
 * Checks that a server can route to the address: local part, `@`, a domain of at least two labels. @see RFC 5321
 * section 4.1.2
 */
export function isAddress(text: string): boolean {
  // RFC 5321 section 4.5.3.1: 64 octets for the local part, 254 in total.
  if (text.length > 254 || text.lastIndexOf('@') > 64) return false
  if (!ADDRESS.test(text)) return false
  return text.startsWith('"') || !/^\.|\.\.|\.@/.test(text)
}

export function readDomain(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

export function readLocalPart(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}
