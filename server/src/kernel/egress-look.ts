import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { rootCertificates, connect as connectTls, type TLSSocket } from 'node:tls'
import { isLoopbackAddress, isPublicAddress } from './addresses.ts'
import type { EgressOptions } from './egress.ts'
import { resolveName, systemLookUp } from './name-lookup.ts'

/** Addresses of a name, and those that the egress guard allows. */
export interface Resolved {
  addresses: readonly string[]
  allowed: readonly string[]
}

/** An established connection, regardless of the trust in its certificate. */
export interface Handshake {
  address: string
  ms: number
  /** TLS parameters; undefined for plain http. */
  tls: { protocol: string; issuer: string; endsAt: Date; distrusted: string | undefined } | undefined
}

/** Checks outgoing connections one step at a time, with the rules of the egress. Sends only a handshake. */
export interface EgressLook {
  /**
   * Resolves the host of a URL.
   *
   * @throws {AppError} `egress.name_…`
   */
  resolve(url: URL): Promise<Resolved>
  /** Connects and performs the TLS handshake. Rejects with the network error. */
  handshake(url: URL, address: string, timeoutMs: number): Promise<Handshake>
}

export function createEgressLook({ allowPrivate, ca = [], lookUp = systemLookUp }: EgressOptions): EgressLook {
  return {
    async resolve(url) {
      const host = hostOf(url)
      const addresses = isIP(host) === 0 ? await resolveName(host, lookUp) : [host]
      const allowed = allowPrivate(url.origin) ? isLoopbackAddress : isPublicAddress
      return { addresses, allowed: addresses.filter(allowed) }
    },

    async handshake(url, address, timeoutMs) {
      const beganAt = performance.now()
      const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
      const plain = await connected(connectTcp({ host: address, port }).on('error', ignore), 'connect', timeoutMs)
      if (url.protocol !== 'https:') {
        plain.destroy()
        return { address, ms: since(beganAt), tls: undefined }
      }
      const host = hostOf(url)
      const trusted = ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}
      const secure = connectTls({
        socket: plain,
        ...(isIP(host) === 0 && { servername: host }),
        host,
        // The certificate is inspected and reported; no data is sent over the connection.
        rejectUnauthorized: false,
        ...trusted,
      }).on('error', ignore)
      const socket = await connected(secure, 'secureConnect', timeoutMs)
      try {
        return { address, ms: since(beganAt), tls: described(socket) }
      } finally {
        socket.destroy()
      }
    },
  }
}

/** Ignores errors after the first one, which was reported. */
function ignore(): void {
  // The error itself closes the connection.
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function since(beganAt: number): number {
  return Math.round(performance.now() - beganAt)
}

function connected<T extends Socket>(socket: T, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs)
    socket.once(event, () => {
      clearTimeout(late)
      resolve(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
  })
}

function described(socket: TLSSocket): NonNullable<Handshake['tls']> {
  const { issuer, valid_to: validTo } = socket.getPeerCertificate()
  const named = [issuer.O, issuer.CN].flat().filter((part) => part !== undefined && part !== '')
  return {
    protocol: socket.getProtocol() ?? '',
    issuer: [...new Set(named)].join(', ') || 'nobody who is named',
    endsAt: new Date(validTo),
    distrusted: socket.authorized ? undefined : String(socket.authorizationError),
  }
}
