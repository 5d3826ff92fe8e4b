import { isIP } from 'node:net'

/**
 * Returns the key for counting a client address: an IPv4 address, or the /64 of an IPv6 address. One customer has a
 * whole /64, so limits on single IPv6 addresses would be ineffective.
 */
export function clientNetwork(address: string): string {
  return networkOf(address, 4)
}

/**
 * Returns the key for counting wrong passwords: an IPv4 address, or the /48 of an IPv6 address. A customer can get up to
 * a /48, whose 65,536 networks of 64 bits would otherwise use up the limits of an account and of the installation.
 */
export function clientSite(address: string): string {
  return networkOf(address, 3)
}

function networkOf(address: string, groups: 3 | 4): string {
  const plain = plainAddress(address)
  return isIP(plain) === 6 ? `${firstGroups(plain, groups).join(':')}::/${groups * 16}` : plain
}

/**
 * Normal form of an address. Dual-stack sockets write IPv4 as `::ffff:192.0.2.1`; link-local addresses have a zone,
 * `fe80::1%eth0`.
 */
export function plainAddress(address: string): string {
  const [plain = ''] = address.split('%')
  const mapped = plain.replace(/^::ffff:/i, '')
  return isIP(mapped) === 4 ? mapped : plain
}

/** The first groups of an address, without leading zeros. */
function firstGroups(address: string, count: number): string[] {
  const [head = '', tail] = address.split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const [before, after] = [groups(head), groups(tail)]
  // A dotted suffix, as in `64:ff9b::192.0.2.1`, counts as two groups.
  const dotted = address.includes('.') ? 1 : 0
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(8 - before.length - after.length - dotted, 0)).fill('0')
  return [...before, ...zeros, ...after].slice(0, count).map((group) => Number.parseInt(group, 16).toString(16))
}
