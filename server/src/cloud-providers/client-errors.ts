import { AppError, type Upstream } from '../kernel/errors.ts'

type MakeError = (options: { upstream: Upstream }) => AppError

/** Better words for some numbers. They decide about nothing else: Microsoft changes them without notice. */
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
 * What a token endpoint says about our registration rather than about a person: `invalid_client`,
 * `unauthorized_client`, or that there is no such tenant. `undefined` when it is about something else.
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
      // Entra ID says no more than this for a tenant that is not there, so here the number has to speak.
      return upstream.errorCodes?.includes(90002)
        ? new AppError('cloud_providers.tenant_unknown', { upstream })
        : undefined
    default:
      return undefined
  }
}
