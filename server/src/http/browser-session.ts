import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * A cookie that identifies one browser, with or without a sign-in. A sign-in at Microsoft can be completed only in the
 * browser that began it (RFC 9700 §4.7.1), including for people without an account here.
 */
export interface BrowserSessions {
  /** Returns the hash of this browser's session; creates a session when there is none. */
  hashFor(request: FastifyRequest, reply: FastifyReply): Uint8Array
  /** Returns the hash of the session in the request, or undefined. */
  find(request: FastifyRequest): Uint8Array | undefined
  /** Creates a new session when the user of the browser changes, so that a planted session becomes invalid. */
  renew(reply: FastifyReply): void
}

const FORM = /^[\w-]{43}$/
const LIFETIME_SECONDS = 7 * 24 * 60 * 60

export function createBrowserSessions(publicUrl: URL): BrowserSessions {
  const secure = publicUrl.protocol === 'https:'
  // The prefix keeps a neighboring host from planting the cookie (RFC 6265bis §4.1.3.2); browsers require https for it.
  const name = secure ? '__Host-postkey.browser' : 'postkey.browser'

  function set(reply: FastifyReply): string {
    const value = randomBytes(32).toString('base64url')
    void reply.setCookie(name, value, {
      httpOnly: true,
      // Lax instead of Strict, because the browser returns from Microsoft by a cross-site navigation.
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
