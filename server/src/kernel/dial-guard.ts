/**
 * Guards outgoing connections other than HTTP. As in `egress.ts`, a name is resolved once and the connection goes to
 * the checked address. Only public addresses are reachable, except for hosts declared by the operator of the server.
 */
import { isIP } from 'node:net'
import { isPublicAddress } from './addresses.ts'
import { AppError } from './errors.ts'
import { resolveName, systemLookUp, type LookUp } from './name-lookup.ts'

export interface DialGuard {
  /**
   * Returns the address to connect to; certificates are still verified for `host`.
   *
   * @throws {AppError} `egress.…`
   */
  addressOf(host: string, port: number): Promise<string>
  /**
   * Returns all addresses to which a connection is allowed, at least one, in the order of the name server.
   *
   * @throws {AppError} `egress.…`
   */
  addressesOf(host: string, port: number): Promise<[string, ...string[]]>
  /**
   * Refuses, without a name server, a literal address that a connection would refuse later. For settings.
   *
   * @throws {AppError} `egress.address_refused` at `field`
   */
  refusePrivate(host: string, port: number, field: string): void
  /** Returns true when `host:port` is declared as part of the own network. */
  isDeclared(host: string, port: number): boolean
  isDeclaredOrigin(origin: string): boolean
}

export interface DialGuardOptions {
  /** Declared hosts as `host:port` in lower case. */
  declared?: ReadonlySet<string>
  /** Name lookup; the system's unless a test passes its own. */
  lookUp?: LookUp
}

export function createDialGuard({ declared = new Set(), lookUp = systemLookUp }: DialGuardOptions = {}): DialGuard {
  const isDeclared = (host: string, port: number) => declared.has(`${host.toLowerCase()}:${port}`)
  return {
    isDeclared,
    isDeclaredOrigin(origin) {
      const { protocol, hostname, port } = new URL(origin)
      return isDeclared(hostname, Number(port || (protocol === 'https:' ? 443 : 80)))
    },
    refusePrivate(host, port, field) {
      const literal = host.replace(/^\[|\]$/g, '')
      if (isIP(literal) === 0 || isPublicAddress(literal) || isDeclared(host, port)) return
      throw new AppError('egress.address_refused', {
        field,
        detail: `${literal} is in a private network or on this machine.`,
      })
    },
    addressesOf,
    addressOf: async (host, port) => (await addressesOf(host, port))[0],
  }

  async function addressesOf(host: string, port: number): Promise<[string, ...string[]]> {
    const addresses = isIP(host) === 0 ? await resolveName(host, lookUp) : [host]
    const good = isDeclared(host, port) ? addresses : addresses.filter(isPublicAddress)
    const [first, ...more] = good
    if (first === undefined) {
      throw new AppError('egress.address_refused', { detail: `${host}:${port} has no public address.` })
    }
    return [first, ...more]
  }
}
