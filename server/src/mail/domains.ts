import { domainToASCII } from 'node:url'
import { getDomain } from 'tldts'

/** Returns the domain of an address in lower case, otherwise unchanged; undefined without one. */
export function domainOfAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@')
  return at < 0 ? undefined : address.slice(at + 1).trim().toLowerCase() || undefined // prettier-ignore
}

/** Returns the ASCII form (RFC 5890 A-labels) without a trailing dot; undefined for an invalid domain. */
export function asciiDomain(domain: string): string | undefined {
  if (domain.length > LONGEST_DOMAIN) return undefined
  return domainToASCII(domain.trim().replace(/\.$/, '')) || undefined
}

/**
 * Returns true when two domains belong to one organization: equal below the public suffix (RFC 7489 §3.2). Private
 * suffixes such as `github.io` count, because their subdomains belong to different customers.
 */
export function isSameOrganization(one: string, other: string): boolean {
  const [a, b] = [asciiDomain(one), asciiDomain(other)]
  if (a === undefined || b === undefined) return false
  return a === b || organizationOf(a) === organizationOf(b)
}

function organizationOf(domain: string): string {
  // A public suffix belongs to no organization: it equals only itself.
  return getDomain(domain, { allowPrivateDomains: true, extractHostname: false }) ?? domain
}

const LONGEST_DOMAIN = 255
