import type { FastifyReply, FastifyRequest } from 'fastify'

const HALF_A_YEAR_SECONDS = 15_552_000

/**
 * Browser features that neither the web UI nor a message may use. Features missing here keep their default: passkeys
 * (`publickey-credentials-get` and `-create`) work on Postkey's own pages only.
 */
const UNUSED_FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

/** Headers for every response. A route with a page replaces the policy by one that allows only its content. */
export function listSecurityHeaders(publicUrl: URL): Readonly<Record<string, string>> {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    // Without subdomains and preload, because other services of the organization may lack https (docs/decisions/0023).
    ...(publicUrl.protocol === 'https:' && { 'strict-transport-security': `max-age=${HALF_A_YEAR_SECONDS}` }),
  }
}

export function createSecurityHeaders(publicUrl: URL) {
  const headers = listSecurityHeaders(publicUrl)
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    void reply.headers(headers)
  }
}
