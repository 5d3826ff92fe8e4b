import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses requests that another site makes a browser send (CSRF), in addition to `SameSite=Lax` of the cookies. A
 * change with cookies must carry the `Origin` of PUBLIC_URL. Requests without cookies and without `Origin` come from
 * programs and can't be forged this way.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6454#section-7
 */
export function refuseForeignOrigin(request: FastifyRequest, publicUrl: URL): void {
  if (SAFE.has(request.method)) return
  const { origin, cookie } = request.headers
  if (origin === undefined ? cookie !== undefined : origin !== publicUrl.origin) {
    throw new AppError('http.wrong_origin')
  }
}
