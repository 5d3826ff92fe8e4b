/** Addresses as the envelope carries them: no names, no angle brackets. */

const ATOM = String.raw`[^\s"(),:;<>@[\\\]\x00-\x1f\x7f]+`
const QUOTED = String.raw`"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"`
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?`
const ADDRESS = new RegExp(`^(?:${ATOM}|${QUOTED})@${LABEL}(?:\\.${LABEL})+$`, 'u')

/** Whether a server can route to it: local part, `@`, a domain of two labels or more. @see RFC 5321 section 4.1.2 */
export function isAddress(text: string): boolean {
  // RFC 5321 section 4.5.3.1: 64 octets for the local part, 254 for all of it.
  if (text.length > 254 || text.lastIndexOf('@') > 64) return false
  if (!ADDRESS.test(text)) return false
  return text.startsWith('"') || !/^\.|\.\.|\.@/.test(text)
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

export function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}
