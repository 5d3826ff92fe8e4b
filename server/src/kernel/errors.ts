import {
  CATALOGUE,
  fillIn,
  type Parameter,
  type ErrorCode,
  type ErrorEntry,
  type ErrorWords,
  type Remedy,
} from '../errors/index.ts'

export { CATALOGUE, errorOfGraph, errorOfMicrosoft, fillIn, fillText, PARAMETERS } from '../errors/index.ts'
export type { Effect, ErrorCode, ErrorEntry, ErrorWords, Parameter, Remedy, Scope, Stage } from '../errors/index.ts'

/** What the other side said, kept as data: never pasted into a message, never matched by text. */
export interface Upstream {
  status?: number
  error?: string
  /** Of Entra ID: a finer reason beside `error`, and a standard field like it. */
  suberror?: string
  errorCodes?: readonly number[]
  correlationId?: string
  /** Graph: the code of the error and the id by which Microsoft finds the request. */
  code?: string
  requestId?: string
  /** What the next token has to prove (CAE): JSON, to be sent as `claims`. */
  claims?: string
  /** The other side wants silence until then. */
  retryAt?: Date
  /** A message may have been sent although it failed: nobody sends it again before it is known. */
  mayHaveGone?: true
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  /** What exactly, for the person who caused it: which field, which limit (RFC 9457 §3.1.4). Never a secret. */
  readonly detail: string | undefined
  /** The input that is wrong, by the name that whoever gave it knows: `tenantId`, `credential.secret`. */
  readonly field: string | undefined
  readonly upstream: Upstream | undefined
  /** How long a caller should wait before another try (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    options: {
      cause?: unknown
      detail?: string | undefined
      field?: string | undefined
      upstream?: Upstream | undefined
      retryAfterSeconds?: number | undefined
    } = {},
  ) {
    super(CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.field = options.field
    this.upstream = options.upstream
    this.retryAfterSeconds = options.retryAfterSeconds
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
    return fixOf(this.code)
  }

  /** For the outermost edges, which must answer whatever was thrown: ours as it is, all else as a bug of ours. */
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

/** The words of a stored code, as the API shows the reason of a state. */
export function storedReason(stored: string): ErrorWords & { code: ErrorCode } {
  const code = knownCode(stored)
  const { title, remedy } = CATALOGUE[code]
  return { code, title, remedy, fix: fixOf(code) }
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
export function fixOf(code: ErrorCode, known: Readonly<Partial<Record<Parameter, string | undefined>>> = {}): string {
  return fillIn(CATALOGUE[code].fix, (parameter) => known[parameter] ?? PLACEHOLDERS[parameter])
}
