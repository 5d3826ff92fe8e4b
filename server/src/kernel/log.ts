import { pino, type DestinationStream, type Logger } from 'pino'
import { AppError } from './errors.ts'

export type Log = Logger

/** Names under which libraries hand around what nobody may read. Ours is in a `Secret`, which cannot be printed. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'client_secret',
  'client_assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'code_verifier',
  'accessToken',
  'refreshToken',
  'codeVerifier',
  'apiKey',
]

/** How deep an object of the log is searched. pino needs each depth written out. */
const DEPTHS = ['', '*.', '*.*.', '*.*.*.']

/** JSON, one line each, to standard output unless a file or a stream is named; levels as in pino. */
export function createLog(options: { level?: string; destination?: DestinationStream | string } = {}): Log {
  const { level = 'info', destination } = options
  const settings = {
    level,
    redact: {
      paths: DEPTHS.flatMap((depth) =>
        SECRET_NAMES.map((name) => `${depth === '' ? '' : depth.slice(0, -1)}["${name}"]`),
      ),
      censor: '[secret]',
    },
    serializers: { err: describeError, error: describeError },
  }
  if (destination === undefined) return pino(settings)
  return pino(settings, typeof destination === 'string' ? pino.destination({ dest: destination }) : destination)
}

/**
 * An error as the log may have it: what it is, where it came from, what it came of. Nothing else, because libraries hang
 * whole requests on their errors, and PostgreSQL the values of the row.
 */
function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? thrown : undefined
  const { name, message, stack } = thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return {
    type: name,
    code,
    message,
    stack,
    ...(thrown instanceof AppError && { remedy: thrown.remedy, upstream: thrown.upstream }),
    ...(thrown.cause !== undefined && depth < 5 && { cause: describeError(thrown.cause, depth + 1) }),
  }
}
