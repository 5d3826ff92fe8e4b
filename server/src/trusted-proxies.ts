/**
 * Checks `TRUSTED_PROXIES`. A trusted proxy determines the client address for rate limits. A set that contains most of
 * the internet would let every client choose its own address.
 */
import { createNetworkTest, parseNetwork } from './kernel/networks.ts'

/** The largest private IPv4 network (10.0.0.0/8, RFC 1918). */
const MIN_IPV4_PREFIX = 8
/** Registries assign /16 at most to one holder in practice; the largest proxy services publish /29 to /32. */
const MIN_IPV6_PREFIX = 16
/** A sixteenth of all IPv4 addresses: far more than the published networks of any proxy service. */
const MAX_IPV4_SHARE = 1 / 16
/** IPv4 addresses are compared with IPv6 networks in `::ffff:0:0/96` (RFC 4291 §2.5.5.2). */
const MAPPED_START = '::ffff:0:0'
const MAPPED_PREFIX = 96
const isMapped = createNetworkTest([`${MAPPED_START}/${MAPPED_PREFIX}`])
/** Unique local addresses are not routed on the internet (RFC 4193). */
const isUniqueLocal = createNetworkTest(['fc00::/7'])

/** Returns the fault, to be appended to the variable's name; `undefined` when the entries are valid. */
export function trustedProxiesFault(entries: readonly string[]): string | undefined {
  if (!entries.every(isWellFormed)) {
    return 'must be addresses or networks such as 10.0.0.0/8, with commas between, or loopback'
  }
  const large = entries.find((entry) => entry !== 'loopback' && isTooLargeIpv6(entry))
  if (large !== undefined) {
    return `contains ${large}, which is too large: clients in it could choose the address that counts. Use /16 or longer (fc00::/7 excepted), best the addresses of the proxies`
  }
  const prefixes = [...new Set(entries)].map((entry) => ({ entry, prefix: ipv4PrefixOf(entry) }))
  const wide = prefixes.find(({ prefix }) => prefix !== undefined && prefix < MIN_IPV4_PREFIX)
  if (wide !== undefined) {
    return `contains ${wide.entry}, which covers too many IPv4 addresses: clients in it could choose the address that counts. Use /8 or longer, best the addresses of the proxies`
  }
  const share = prefixes.reduce((sum, { prefix }) => sum + (prefix === undefined ? 0 : 2 ** -prefix), 0)
  return share > MAX_IPV4_SHARE
    ? 'covers more than a sixteenth of all IPv4 addresses together: clients in them could choose the address that counts. Name the addresses of the proxies'
    : undefined
}

function isWellFormed(entry: string): boolean {
  return entry === 'loopback' || parseNetwork(entry) !== undefined
}

/** Prefix length among IPv4 addresses; `undefined` for a network that contains none. */
function ipv4PrefixOf(entry: string): number | undefined {
  if (entry === 'loopback') return MIN_IPV4_PREFIX
  const { address, family, bits } = parseNetwork(entry)!
  if (family === 'ipv4') return bits
  if (bits >= MAPPED_PREFIX) return isMapped(address) ? bits - MAPPED_PREFIX : undefined
  return createNetworkTest([entry])(MAPPED_START) ? 0 : undefined
}

function isTooLargeIpv6(entry: string): boolean {
  const { address, family, bits } = parseNetwork(entry)!
  if (family === 'ipv4') return false
  return bits < MIN_IPV6_PREFIX && !(bits >= 7 && isUniqueLocal(address))
}
