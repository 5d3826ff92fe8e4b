import {
  CATALOGUE,
  fillIn,
  type Parameter,
  type ErrorCode,
  type ErrorEntry,
  type ErrorWords,
  type Remedy,
  type Scope,
} from '../errors/index.ts'

export {
  CATALOGUE,
  errorOfGraph,
  errorOfMicrosoft,
  fillIn,
  fillText,
  PARAMETERS,
  SCOPES,
  whoCanFix,
} from '../errors/index.ts'
export type { Effect, ErrorCode, ErrorEntry, ErrorWords, Parameter, Remedy, Scope, Stage } from '../errors/index.ts'

/** Error details of the upstream server, kept as data: never inserted into a message, never matched by text. */
export interface Upstream {
  status?: number
  error?: string
  /** Standard field of Entra ID: a more specific reason than `error`. */
  suberror?: string
  errorCodes?: readonly number[]
  correlationId?: string
  /** Graph: error code, and the request id for Microsoft's support. */
  code?: string
  requestId?: string
  /** Claims challenge that the next token must satisfy (CAE): JSON, to be sent as `claims`. */
  claims?: string
  /** Earliest time of the next request, as demanded by the server. */
  retryAt?: Date
  /** True when a message may have been sent despite the failure. It isn't sent again before the result is known. */
  mayHaveGone?: true
}

/** Stored form of a server's response: the fields that identify it, without the claims challenge and the retry time. */
export function storableUpstream(upstream: Upstream | undefined): object | null {
  if (!upstream) return null
  const { status, error, suberror, errorCodes, code, correlationId, requestId } = upstream
  return { status, error, suberror, errorCodes, code, correlationId, requestId }
}

/** An invalid input: its name, the expected value, and the fix. */
export interface InputFault {
  field: string
  expected: string
  fix: string
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  /** Details for the user who caused the error: which field, which limit (RFC 9457 §3.1.4). Never a secret. */
  readonly detail: string | undefined
  /** Invalid input, by its name in the request: `tenantId`, `credential.secret`. */
  readonly field: string | undefined
  readonly upstream: Upstream | undefined
  /** Seconds to wait before a retry (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds: number | undefined
  /** Several invalid inputs at once. */
  readonly faults: readonly InputFault[] | undefined

  constructor(
    code: ErrorCode,
    options: {
      cause?: unknown
      detail?: string | undefined
      field?: string | undefined
      upstream?: Upstream | undefined
      retryAfterSeconds?: number | undefined
      faults?: readonly InputFault[] | undefined
    } = {},
  ) {
    super(CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.field = options.field
    this.upstream = options.upstream
    this.retryAfterSeconds = options.retryAfterSeconds
    this.faults = options.faults
  }

  /** The entry of the catalogue, which decides everything about the error. */
  get entry(): ErrorEntry {
    return CATALOGUE[this.code]
  }

  get remedy(): Remedy {
    return this.entry.remedy
  }

  get status(): number {
    return this.entry.status
  }

  get fix(): string {
    return describeFix(this.code)
  }

  /**
   * Converts any thrown value for the outermost boundaries: an `AppError` is returned unchanged, everything else
   * becomes an internal error.
   */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('kernel.unexpected', { cause: thrown })
  }
}

/** An error whose part at fault is the database, not the work that met it. */
export function isDatabaseError(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && thrown.entry.scope === 'database'
}

/** A stored code, which another version of Postkey may have written: one that this version lacks becomes `otherwise`. */
export function knownCode(code: string | null | undefined, otherwise: ErrorCode = 'kernel.unexpected'): ErrorCode {
  return isErrorCode(code) ? code : otherwise
}

export function isErrorCode(code: string | null | undefined): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(CATALOGUE, code)
}

/** Codes whose fault is in this part, for queries of stored codes. */
export function codesOfScope(scope: Scope): ErrorCode[] {
  return (Object.keys(CATALOGUE) as ErrorCode[]).filter((code) => CATALOGUE[code].scope === scope)
}

/** Reason of a state, as the API shows it. */
export interface StateReason extends ErrorWords {
  code: ErrorCode
  scope: Scope
}

/** Returns the reason of a stored code, including codes of another version. */
export function storedReason(stored: string): StateReason {
  const code = knownCode(stored)
  const { title, remedy, scope } = CATALOGUE[code]
  return { code, title, remedy, scope, fix: describeFix(code) }
}

/** Shown for a parameter whose value is not known, as in the documentation of a command. */
const PLACEHOLDERS: Readonly<Record<Parameter, string>> = {
  clientId: '<Application (client) ID>',
  tenantId: '<Directory (tenant) ID>',
  address: '<mailbox>',
  person: '<person>',
  redirectUri: '<redirect URI>',
}

/** The fix of an error with the known names filled in. */
export function describeFix(
  code: ErrorCode,
  known: Readonly<Partial<Record<Parameter, string | undefined>>> = {},
): string {
  return fillIn(CATALOGUE[code].fix, (parameter) => known[parameter] ?? PLACEHOLDERS[parameter])
}
