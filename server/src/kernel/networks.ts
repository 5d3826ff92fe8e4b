import { BlockList, isIP } from 'node:net'

/** True for an address, or a network in CIDR notation: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. */
export function isNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** True when an address is in one of the networks, which {@link isNetwork} has accepted. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const list = new BlockList()
  for (const entry of networks) {
    const [network = '', bits] = entry.split('/')
    const family = familyOf(network)
    list.addSubnet(network, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return isIP(address) !== 0 && list.check(address, familyOf(address))
}

/**
 * Returns the first address of a network whose entry has host bits set, `10.0.0.0` for `10.1.2.3/8`; undefined when it
 * has none. The entry is one that {@link isNetwork} has accepted.
 */
export function networkStart(entry: string): string | undefined {
  const [address = '', bits] = entry.split('/')
  const size = isIP(address) === 4 ? 32 : 128
  const hostBits = BigInt(size - Number(bits ?? size))
  const value = numberOf(address)
  const start = (value >> hostBits) << hostBits
  return start === value ? undefined : written(start, size)
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

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
