import type { AppError } from '../kernel/errors.ts'
import type { PreflightCheck } from './mail-transport.ts'

/** Result of a capability check that met this error. A transient error does not reveal permissions: not tried. */
export function failedCheck({
  code,
  message,
  remedy,
  fix,
  detail,
  entry,
  upstream,
}: AppError): Omit<PreflightCheck, 'what'> {
  const outcome = remedy === 'wait' ? 'not-tried' : 'wrong'
  const retryAt = upstream?.retryAt
  return {
    ...{ outcome, code, scope: entry.scope, title: message, fix },
    ...(detail !== undefined && { detail }),
    ...(retryAt !== undefined && { retryAt }),
  }
}
