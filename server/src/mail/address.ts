/** Display name, empty when there is none, and addr-spec. RFC 5322 §3.4 calls it a _mailbox_. */
export interface Address {
  name: string
  address: string
}

/**
 * Returns true for a valid mail address: a local part and a domain, without spaces, controls and separators of address
 * lists. Quoted local parts and address literals are refused: they are used by attacks and hardly by people.
 */
export function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u.test(text)
}

export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
