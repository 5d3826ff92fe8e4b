import type { LookupAddress } from 'node:dns'
import { lookup as lookupHost } from 'node:dns/promises'
import { type OutgoingHttpHeaders, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { urlToHttpOptions } from 'node:url'

export interface EndpointAnswer {
  status: number
  contentType: string
  body: string
}

/** Reason of a missing response. `not-loopback`: the guard blocked the call. */
export type NoAnswerReason = 'not-loopback' | 'timeout' | 'unreachable' | 'closing'

export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly reason: NoAnswerReason

  constructor(reason: NoAnswerReason, options?: ErrorOptions) {
    super(`no answer: ${reason}`, options)
    this.reason = reason
  }
}

/** Sends one POST to a client's endpoint; rejects only with {@link NoAnswerError}. */
export type PostToEndpoint = (
  url: string,
  content: { type: string; body: string },
  options: { timeoutMs: number; signal: AbortSignal },
) => Promise<EndpointAnswer>

/** Longer than any validation token; the rest of a response is not read. */
const LARGEST_ANSWER_BYTES = 16 * 1024

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** True for addresses and names that always resolve to this machine (RFC 6761 §6.3). */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name)
}

/**
 * The only outgoing HTTP request of the sandbox. It reaches only this machine and the given hosts: another name is
 * resolved once, all its addresses must be loopback, the connection uses exactly these, and redirects are not followed.
 * Proxies of the environment are ignored.
 *
 * @param hosts names or addresses, as they are in the URL
 */
export function createPostToEndpoint(hosts: readonly string[] = []): PostToEndpoint {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()))
  return async (url, { type, body }, { timeoutMs, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
    const either = AbortSignal.any([signal, timeout])
    try {
      return await exchange(new URL(url), body, { headers, signal: either, allowed })
    } catch (error) {
      if (error instanceof NoAnswerError) throw error
      const reason = signal.aborted ? 'closing' : timeout.aborted ? 'timeout' : 'unreachable'
      throw new NoAnswerError(reason, { cause: error })
    }
  }
}

interface ExchangeOptions {
  headers: OutgoingHttpHeaders
  signal: AbortSignal
  allowed: ReadonlySet<string>
}

function exchange(url: URL, body: string, { headers, signal, allowed }: ExchangeOptions): Promise<EndpointAnswer> {
  const { hostname } = urlToHttpOptions(url)
  const isAllowed = allowed.has(url.hostname)
  // Node does not look up a literal address, so it is checked here.
  if (!isAllowed && hostname && isIP(hostname) !== 0 && !isLoopbackAddress(hostname)) {
    throw new NoAnswerError('not-loopback')
  }

  const send = url.protocol === 'https:' ? requestSecure : requestPlain
  return new Promise((resolve, reject) => {
    const request = send(url, {
      ...{ method: 'POST', agent: false, signal, headers },
      ...(!isAllowed && { lookup: loopbackLookup() }),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let sizeBytes = 0
      const done = () => {
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
        })
      }
      response.on('error', reject)
      response.on('end', done)
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (sizeBytes <= LARGEST_ANSWER_BYTES) chunks.push(chunk)
        else {
          done()
          request.destroy()
        }
      })
    })
    request.end(body)
  })
}

type ResolveHost = (hostname: string, options: { all: true }) => Promise<LookupAddress[]>

/** Resolves host names for a connection. Fails when one of the addresses is not loopback. */
export function loopbackLookup(resolve: ResolveHost = lookupHost): LookupFunction {
  async function addressesOf(hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> {
    const [first, ...more] = await resolve(hostname, { all: true })
    if (!first || ![first, ...more].every(({ address }) => isLoopbackAddress(address))) {
      throw new NoAnswerError('not-loopback')
    }
    return [first, ...more]
  }
  return (hostname, options, callback) => {
    addressesOf(hostname).then(
      (addresses) =>
        options.all ? callback(null, addresses) : callback(null, addresses[0].address, addresses[0].family),
      (error: unknown) => callback(error as Error, '', 4),
    )
  }
}
