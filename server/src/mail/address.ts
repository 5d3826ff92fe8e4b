/** A display name, empty when there is none, and an addr-spec. RFC 5322 §3.4 calls it a _mailbox_. */
export interface Address {
  name: string
  address: string
}

/**
 * Whether mail can be addressed to it: a local part and a domain, without spaces, controls and what has a meaning in a
 * list of addresses. Quoted local parts and literals of numbers are refused: nobody writes them, and attacks do.
 */
export function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u.test(text)
}

export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
