import type { FastifyReply, FastifyRequest } from 'fastify'

/** What programs on the same machine or network ask under whatever name they know us by. */
const EXEMPT = new Set(['/healthz', '/metrics'])

/**
 * Sends whoever came by another name (`127.0.0.1` instead of `localhost`) to PUBLIC_URL before any cookie is set there:
 * Microsoft sends the browser back to PUBLIC_URL, and a cookie of another host would not come along.
 *
 * A proxy that puts its own name into `Host` and the real one into `X-Forwarded-Host` is believed, and only about that,
 * because otherwise the browser would be sent round in circles.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4.9
 */
export function createCanonicalAddress(publicUrl: URL) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const path = request.url.split('?', 1)[0]!
    if (EXEMPT.has(path) || isOurs(request.headers.host) || isOurs(request.headers['x-forwarded-host'])) return
    // Joined as text: a path such as //elsewhere.example must not become another host.
    await reply.header('cache-control', 'no-store').redirect(`${publicUrl.origin}${request.url}`, 308)
  }

  function isOurs(host: string | string[] | undefined): boolean {
    if (typeof host !== 'string') return false
    const name = host.toLowerCase()
    return name === publicUrl.host || name === `${publicUrl.hostname}:${publicUrl.port || defaultPort(publicUrl)}`
  }
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80'
}
