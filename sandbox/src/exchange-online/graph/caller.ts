import type { AccessTokenClaims } from '../../entra-id/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls Graph; set by the site before any route runs, so a route never sees a request without it. */
    caller: AccessTokenClaims
  }
}
