import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site makes a browser send (CSRF), besides `SameSite=Lax` of the cookies: whoever changes
 * something with cookies says from where, and it is from PUBLIC_URL. Without cookies and without `Origin` there is
 * nothing to ride on: such requests come from programs.
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
