import { lookup } from 'node:dns/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from './errors.ts'

/** Returns the addresses of a host name. Rejects with the error of the resolver, as `dns.promises.lookup` does. */
export type LookUp = (host: string) => Promise<readonly string[]>

/** Shorter than the connect timeout of the egress, so that a slow name server is reported as the cause. */
const LIMIT_MS = 8_000

/**
 * Resolves `host` within a time limit: the resolver of the system waits up to 30 s for a silent name server.
 *
 * @throws {AppError} `egress.name_not_found` when the name doesn't exist, `egress.name_server_failed` when no name
 *   server answered
 */
export async function resolveName(host: string, lookUp: LookUp, limitMs = LIMIT_MS): Promise<readonly string[]> {
  const late = new AbortController()
  try {
    return await Promise.race([
      lookUp(host),
      delay(limitMs, undefined, { signal: late.signal, ref: false }).then(() => {
        throw Object.assign(new Error(`No name server answered within ${limitMs} ms`), { code: 'ETIMEOUT' })
      }),
    ])
  } catch (error) {
    throw nameError(host, error)
  } finally {
    late.abort()
  }
}

/**
 * Returns true when `error` is a failed name lookup. A connection was never opened, so the error doesn't concern the
 * other server.
 */
export function isNameError(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  return error.code === 'egress.name_not_found' || error.code === 'egress.name_server_failed'
}

/** Lookups in progress. The resolver blocks a thread for each and runs only two at a time. */
const inProgress = new Map<string, Promise<readonly string[]>>()

export const systemLookUp: LookUp = (host) => {
  const known = inProgress.get(host)
  if (known) return known
  const pending = lookup(host, { all: true, order: 'verbatim' })
    .then((found) => found.map(({ address }) => address))
    .finally(() => inProgress.delete(host))
  inProgress.set(host, pending)
  return pending
}

/** Node reports EAI_NONAME and EAI_NODATA as ENOTFOUND; every other code means that no name server answered. */
function nameError(host: string, cause: unknown): AppError {
  const options = { cause, detail: `Host name: ${host}` }
  const isUnknown = cause instanceof Error && 'code' in cause && cause.code === 'ENOTFOUND'
  return isUnknown ? new AppError('egress.name_not_found', options) : new AppError('egress.name_server_failed', options)
}
