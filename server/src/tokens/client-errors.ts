import { AppError, type Upstream } from '../kernel/errors.ts'

type MakeError = (options: { upstream: Upstream }) => AppError

/** Specific errors for some numbers. They decide nothing else: Microsoft changes them without notice. */
const WORDS: Readonly<Record<number, MakeError>> = {
  70001: (options) => new AppError('cloud_providers.client_disabled', options),
  70002: (options) => new AppError('cloud_providers.secret_wrong', options),
  700016: (options) => new AppError('cloud_providers.client_unknown', options),
  700024: (options) => new AppError('cloud_providers.clock_refused', options),
  700027: (options) => new AppError('cloud_providers.certificate_unknown', options),
  7000112: (options) => new AppError('cloud_providers.client_disabled', options),
  7000215: (options) => new AppError('cloud_providers.secret_wrong', options),
  7000218: (options) => new AppError('cloud_providers.credential_missing', options),
  7000222: (options) => new AppError('cloud_providers.secret_expired', options),
  7000229: (options) => new AppError('cloud_providers.not_in_tenant', options),
}

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
      const words = (upstream.errorCodes ?? []).map((code) => WORDS[code]).find((make) => make !== undefined)
      return words?.({ upstream }) ?? new AppError('cloud_providers.client_rejected', { upstream })
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
