import type { Address } from '../../api/client.ts'

/** Display name: the name, or the address if there is none. */
export function displayName({ name, address }: Address): string {
  return name.trim() === '' ? address : name.trim()
}

/** Name for a list: the address in place of a misleading name, with its domain in ASCII, so that look-alikes differ. */
export function listName(one: Address & { isMisleading?: boolean }): string {
  return one.isMisleading === true ? asciiAddress(one.address) : displayName(one)
}

export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at + 1)}${asciiDomain(address.slice(at + 1))}`
}

/** A domain in ASCII, so that look-alikes differ. */
export function asciiDomain(domain: string): string {
  return URL.parse(`https://${domain}`)?.hostname || domain
}

/** Name with the address, because a name can be anything. For a misleading sender, the domain is in ASCII. */
export function fullName(one: Address & { isMisleading?: boolean }): string {
  const address = one.isMisleading === true ? asciiAddress(one.address) : one.address
  return one.name.trim() === '' ? address : `${one.name.trim()} <${address}>`
}

/** Text of HTML; its scripts don't run and nothing is fetched. */
export function toText({ text, html }: { text?: string; html?: string }): string {
  if (text !== undefined || html === undefined) return text ?? ''
  return new DOMParser().parseFromString(html, 'text/html').body.textContent
}

/** First word of the name of a team member, for lists. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/, 1)[0]!
}
