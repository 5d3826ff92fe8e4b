import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignInClient } from '../../people/index.ts'
import type { BrowserSessions } from '../browser-session.ts'

/** The browser of a request, for a sign-in; gets a cookie if it has none. */
export function signInClient(request: FastifyRequest, reply: FastifyReply, browsers: BrowserSessions): SignInClient {
  const { ip, headers } = request
  const browser = browsers.hashFor(request, reply)
  return { clientAddress: ip, userAgent: headers['user-agent'], cookieHeader: headers.cookie, browser }
}
