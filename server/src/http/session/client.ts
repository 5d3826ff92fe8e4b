import type { FastifyRequest } from 'fastify'
import type { SignInClient } from '../../people/index.ts'

/** The browser of a request, for a sign-in. */
export function signInClient({ ip, headers }: FastifyRequest): SignInClient {
  return { clientAddress: ip, userAgent: headers['user-agent'], cookieHeader: headers.cookie }
}
