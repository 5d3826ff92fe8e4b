import type { AccessTokenClaims } from '../../entra-id/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Caller of Graph. Set by the site before any route runs. */
    caller: AccessTokenClaims
  }
}
