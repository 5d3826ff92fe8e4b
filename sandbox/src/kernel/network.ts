/** Network interfaces and host names of the sandbox. */
import { createServer } from 'node:net'

/** `all` is for containers, in which the loopback interface reaches no other program. */
export type Interfaces = 'loopback' | 'all'

/** Programs resolve `localhost` to either address. */
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '::1']

/** Addresses on which each server listens. The first one must exist. */
export async function hostsOf(interfaces: Interfaces): Promise<readonly string[]> {
  if (interfaces === 'loopback') return LOOPBACK_HOSTS
  // `::` takes IPv4, too. A machine without IPv6 lacks it.
  return [(await canListen('::')) ? '::' : '0.0.0.0']
}

/** True for a name or an IPv4 address without a port, as in a `Host` header. */
export function isHostName(text: string): boolean {
  return /^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i.test(text)
}

function canListen(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.on('error', () => resolve(false))
    probe.listen({ host, port: 0 }, () => probe.close(() => resolve(true)))
  })
}
