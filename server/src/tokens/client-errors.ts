import { AppError, CATALOGUE, errorOfMicrosoft, type ErrorCode, type Upstream } from '../kernel/errors.ts'

/**
 * The error of a token response that concerns the registration rather than a user: `invalid_client`,
 * `unauthorized_client`, or a tenant that does not exist. `undefined` for all others.
 *
 * @see RFC 6749 §5.2
 */
export function clientError(upstream: Upstream): AppError | undefined {
  switch (upstream.error) {
    case 'invalid_client':
    case 'unauthorized_client': {
      // Numbers only choose the words: Microsoft changes them without notice.
      const code = (upstream.errorCodes ?? []).map(errorOfMicrosoft).find(isOfRegistration)
      return new AppError(code ?? 'cloud_providers.client_rejected', { upstream })
    }
    case 'invalid_tenant':
      return new AppError('cloud_providers.tenant_unknown', { upstream })
    case 'invalid_request':
      // Entra ID sends `invalid_request` for an unknown tenant, so only the number tells them apart.
      return upstream.errorCodes?.includes(90002)
        ? new AppError('cloud_providers.tenant_unknown', { upstream })
        : undefined
    default:
      return undefined
  }
}

function isOfRegistration(code: ErrorCode | undefined): code is ErrorCode {
  if (code === undefined) return false
  const { scope, remedy } = CATALOGUE[code]
  return scope === 'registration' && remedy === 'admin'
}
