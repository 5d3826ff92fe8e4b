import { BlockList, isIP } from 'node:net'

export interface Network {
  address: string
  family: 'ipv4' | 'ipv6'
  /** Length of the prefix; all bits of an address without one. */
  bits: number
}

const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const

/**
 * Parses an address, or a network in CIDR notation: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. Returns undefined for
 * any other text.
 */
export function parseNetwork(entry: string): Network | undefined {
  const [address = '', prefix, ...more] = entry.split('/')
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return undefined
  const family = familyOf(address)
  if (prefix === undefined) return { address, family, bits: ADDRESS_BITS[family] }
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity
  return bits <= ADDRESS_BITS[family] ? { address, family, bits } : undefined
}

/** Returns a test for addresses in one of the networks, which {@link parseNetwork} accepts. */
export function createNetworkTest(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of networks) {
    const { address, bits, family } = parseNetwork(entry)!
    list.addSubnet(address, bits, family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address))
}

/** Returns the first address of a network in its shortest notation: `10.0.0.0` for `10.1.2.3/8`. */
export function networkStart({ address, family, bits }: Network): string {
  const size = ADDRESS_BITS[family]
  const hostBits = BigInt(size - bits)
  return written((numberOf(address) >> hostBits) << hostBits, size)
}

/** True when the address of a network isn't its first one, as in `10.1.2.3/8`. */
export function hasHostBits(network: Network): boolean {
  return networkStart(network) !== networkStart({ ...network, bits: ADDRESS_BITS[network.family] })
}

/** The parser of URLs writes each notation of an address in one way. */
function numberOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const groups = (part = '') => (part === '' ? [] : part.split(':'))
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

function written(value: bigint, size: 32 | 128): string {
  const step = size === 32 ? 8 : 16
  const parts = Array.from({ length: size / step }, (_, index) =>
    BigInt.asUintN(step, value >> BigInt(size - step * (index + 1))),
  )
  if (size === 32) return parts.join('.')
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]/`).hostname.slice(1, -1)
}

function familyOf(address: string): Network['family'] {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
