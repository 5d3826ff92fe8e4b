/**
 * The only path for outgoing HTTP: every request to a cloud or to a user-entered address uses the egress.
 *
 * 1. A name is resolved once, and the connection goes to the checked address. Certificate and Host are those of the
 *    name. A second lookup could return a different address (DNS rebinding).
 * 2. Only public addresses and https are allowed. This machine and plain http are allowed only for origins declared to
 *    be there, and other networks only for origins declared by the operator.
 * 3. Redirects are not followed: the caller gets the 3xx, and credentials never reach its target.
 * 4. Every exchange has a time limit and a size limit.
 */
import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Agent, errors as undiciErrors, fetch as undiciFetch } from 'undici'
import { isLoopbackAddress, isPublicAddress } from './addresses.ts'
import { AppError } from './errors.ts'
import { resolveName, systemLookUp, type LookUp } from './name-lookup.ts'
import { traced } from './spans.ts'

const LIMITS = { timeoutMs: 20_000, maxBytes: 10 * 1024 * 1024, connectMs: 10_000 }
const WITHOUT_BODY: readonly number[] = [101, 103, 204, 205, 304]

export interface Egress {
  /**
   * Sends a request. Every response of the server, including an error status, is returned as a Response.
   *
   * @throws {AppError} `egress.…`
   */
  fetch(url: string | URL, request?: EgressRequest): Promise<Response>
  /** Aborts requests in progress; they reject with `egress.unreachable`. */
  close(): Promise<void>
}

export interface EgressRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | undefined
  /** Limit in milliseconds for the whole exchange, including the response body. */
  timeoutMs?: number | undefined
  /** Maximum response body in bytes, after decompression. */
  maxBytes?: number | undefined
  signal?: AbortSignal | undefined
}

export interface EgressOptions {
  /**
   * Returns true when an origin is declared to be on this machine. Allows only loopback addresses, never a private
   * network.
   */
  allowPrivate: (origin: string) => boolean
  /**
   * Returns true for origins declared by the operator: allowed in any network, and with plain http when declared so.
   */
  ownNetwork?: (origin: string) => boolean
  /** Certificate authorities (PEM) trusted in addition to those of Node. */
  ca?: readonly string[]
  /** Name lookup; the system's unless a test passes its own. */
  lookUp?: LookUp
}

export function createEgress(options: EgressOptions): Egress {
  const { allowPrivate, ownNetwork = () => false, ca = [], lookUp = systemLookUp } = options
  const trusted = ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}
  const outside = agent(lookUp, isPublicAddress, trusted)
  const thisMachine = agent(lookUp, isLoopbackAddress, trusted)
  const anywhere = agent(lookUp, () => true, trusted)

  async function fetch(address: string | URL, request: EgressRequest = {}): Promise<Response> {
    const url = typeof address === 'string' ? parse(address) : address
    const isOurs = ownNetwork(url.origin)
    const declared = isOurs || allowPrivate(url.origin)
    if (url.protocol !== 'https:' && !(declared && url.protocol === 'http:'))
      throw refused(`${url.protocol} is refused`)
    if (url.username !== '' || url.password !== '') throw refused('credentials do not belong into an address')
    const allowed = isOurs ? () => true : declared ? isLoopbackAddress : isPublicAddress
    // A literal address is never resolved, so it must be checked here.
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0 && !allowed(literal)) throw refused(`${literal} is refused`)

    const { method = 'GET', headers = {}, body, timeoutMs = LIMITS.timeoutMs, maxBytes = LIMITS.maxBytes } = request
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout
    const attributes = { 'http.request.method': method, 'server.address': url.hostname }
    return traced(method, { kind: 'CLIENT', attributes }, async (setAttributes) => {
      try {
        const answer = await undiciFetch(url, {
          method,
          headers,
          redirect: 'manual',
          dispatcher: isOurs ? anywhere : declared ? thisMachine : outside,
          signal,
          ...(body === undefined ? {} : { body }),
        })
        setAttributes({ 'http.response.status_code': answer.status })
        return limited(answer, maxBytes, (error) => translate(error, timeout))
      } catch (error) {
        throw translate(error, timeout)
      }
    })
  }

  return {
    fetch,
    async close() {
      await Promise.all([outside.destroy(), thisMachine.destroy(), anywhere.destroy()])
    },
  }
}

function agent(lookUp: LookUp, allowed: (address: string) => boolean, trusted: { ca?: string[] }): Agent {
  async function resolve(hostname: string): Promise<LookupAddress[]> {
    const addresses = (await resolveName(hostname, lookUp)).filter(allowed)
    if (addresses.length === 0) throw refused(`${hostname} leads to no address that is allowed`)
    return addresses.map((address) => ({ address, family: isIP(address) }))
  }
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) =>
        options.all ? callback(null, addresses) : callback(null, addresses[0]!.address, addresses[0]!.family),
      (error: unknown) => callback(error as Error, []),
    )
  }
  return new Agent({ connect: { lookup, timeout: LIMITS.connectMs, ...trusted } })
}

type Piece = { done: true; value?: undefined } | { done: false; value: Uint8Array<ArrayBuffer> }

/** Returns the same response with a body that fails at the limit and reports failures as `AppError`. */
function limited(
  answer: Awaited<ReturnType<typeof undiciFetch>>,
  maxBytes: number,
  translateError: (error: unknown) => AppError,
): Response {
  const headers = new Headers([...answer.headers])
  // These headers describe the bytes on the wire, which are already decompressed.
  headers.delete('content-encoding')
  headers.delete('content-length')
  const init = { status: answer.status, statusText: answer.statusText, headers }
  if (WITHOUT_BODY.includes(answer.status) || answer.body === null) return new Response(null, init)

  const reader = answer.body.getReader()
  let bytes = 0
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const piece = (await reader.read()) as Piece
        bytes += piece.value?.byteLength ?? 0
        if (piece.done) controller.close()
        else if (bytes <= maxBytes) controller.enqueue(piece.value)
        else {
          await reader.cancel()
          controller.error(new AppError('egress.answer_too_large'))
        }
      } catch (error) {
        controller.error(translateError(error))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(body, init)
}

function parse(text: string): URL {
  const url = URL.parse(text)
  if (!url) throw refused('not an address')
  return url
}

function refused(reason: string): AppError {
  return new AppError('egress.address_refused', { cause: new TypeError(reason) })
}

/** Translates an error of fetch, which wraps the reason as the cause of a TypeError. */
function translate(error: unknown, timeout: AbortSignal): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Error && error.cause instanceof AppError) return error.cause
  const cause = error instanceof Error ? error.cause : undefined
  if (timeout.aborted || cause instanceof undiciErrors.ConnectTimeoutError) {
    return new AppError('egress.timed_out', { cause: error })
  }
  return new AppError('egress.unreachable', { cause: error })
}
