import type { FastifyReply, FastifyRequest } from 'fastify'

const HALF_A_YEAR_SECONDS = 15_552_000

/** On every answer. A route that shows something to a browser replaces the policy by one that allows just that. */
export function securityHeadersOf(publicUrl: URL): Readonly<Record<string, string>> {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(publicUrl.protocol === 'https:' && { 'strict-transport-security': `max-age=${HALF_A_YEAR_SECONDS}` }),
  }
}

export function createSecurityHeaders(publicUrl: URL) {
  const headers = securityHeadersOf(publicUrl)
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    void reply.headers(headers)
  }
}
