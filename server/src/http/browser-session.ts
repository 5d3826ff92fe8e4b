import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * A cookie that tells one browser from another, whether or not anybody has signed in. A sign-in at Microsoft that was
 * begun in one browser can only be completed in the same one (RFC 9700 §4.7.1), also by people who have no login here.
 */
export interface BrowserSessions {
  /** The hash of the session of this browser; a new session when it has none. */
  hashFor(request: FastifyRequest, reply: FastifyReply): Uint8Array
  /** The hash of the session that the browser brought, or undefined. */
  find(request: FastifyRequest): Uint8Array | undefined
  /** A new session, when who sits at the browser changes: one planted by somebody else ends. */
  renew(reply: FastifyReply): void
}

const FORM = /^[\w-]{43}$/
const LIFETIME_SECONDS = 7 * 24 * 60 * 60

export function createBrowserSessions(publicUrl: URL): BrowserSessions {
  const secure = publicUrl.protocol === 'https:'
  // With the prefix no neighboring host can plant the cookie (RFC 6265bis §4.1.3.2); browsers want https for it.
  const name = secure ? '__Host-postkey.browser' : 'postkey.browser'

  function set(reply: FastifyReply): string {
    const value = randomBytes(32).toString('base64url')
    void reply.setCookie(name, value, {
      httpOnly: true,
      // Lax and not Strict: the browser comes back from Microsoft by a navigation between sites.
      sameSite: 'lax',
      secure,
      path: '/',
      maxAge: LIFETIME_SECONDS,
    })
    return value
  }

  function brought(request: FastifyRequest): string | undefined {
    const value = request.cookies[name]
    return value !== undefined && FORM.test(value) ? value : undefined
  }

  return {
    hashFor: (request, reply) => hashOf(brought(request) ?? set(reply)),
    find(request) {
      const value = brought(request)
      return value === undefined ? undefined : hashOf(value)
    },
    renew(reply) {
      set(reply)
    },
  }
}

function hashOf(value: string): Uint8Array {
  return createHash('sha256').update(value).digest()
}
