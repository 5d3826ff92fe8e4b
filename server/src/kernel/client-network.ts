import { isIP } from 'node:net'
import { networkStart } from './networks.ts'

/**
 * Returns the key for counting a client address: an IPv4 address, or the /64 of an IPv6 address. One customer has a
 * whole /64, so limits on single IPv6 addresses would be ineffective.
 */
export function clientNetwork(address: string): string {
  return networkOf(address, 64)
}

/**
 * Returns the key for counting wrong passwords: an IPv4 address, or the /48 of an IPv6 address. A customer can get up to
 * a /48, whose 65,536 networks of 64 bits would otherwise use up the limits of an account and of the installation.
 */
export function clientSite(address: string): string {
  return networkOf(address, 48)
}

/** Returns the network of a program: the /24 of an IPv4 address, or the /64 of an IPv6 address. */
export function keyNetwork(address: string): string {
  const plain = plainAddress(address)
  return isIP(plain) === 4 ? `${networkStart({ address: plain, family: 'ipv4', bits: 24 })}/24` : clientNetwork(plain)
}

function networkOf(address: string, bits: number): string {
  const plain = plainAddress(address)
  return isIP(plain) === 6 ? `${networkStart({ address: plain, family: 'ipv6', bits })}/${bits}` : plain
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
