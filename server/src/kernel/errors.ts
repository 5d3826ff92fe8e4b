/**
 * Every failure a person may meet, in one list.
 *
 * A code is a promise: API clients match on it, so it is never renamed and never reused. The sentences may be improved
 * at any time. `docs/errors.md` is generated from this list (`npm run errors`); tests fail when the two differ and when
 * nobody throws a code.
 */
export const CATALOGUE = {
  'kernel.unexpected': {
    title: 'Something happened that Postkey did not foresee',
    remedy: 'bug',
    fix: 'Report it with what the log says about it. What was saved before is still there.',
  },
} as const satisfies Record<string, CatalogueEntry>

/** Who can make the failure go away. The web UI picks its button from this, and jobs pick their retry. */
export type Remedy = 'wait' | 'sign-in' | 'admin' | 'bug'

export interface CatalogueEntry {
  title: string
  remedy: Remedy
  fix: string
}

export type ErrorCode = keyof typeof CATALOGUE

/** What the other side said, kept as data: never pasted into a message, never matched by text. */
export interface Upstream {
  status?: number
  error?: string
  errorCodes?: readonly number[]
  correlationId?: string
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly upstream: Upstream | undefined

  constructor(code: ErrorCode, options: { cause?: unknown; upstream?: Upstream | undefined } = {}) {
    super(CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.upstream = options.upstream
  }

  get remedy(): Remedy {
    return CATALOGUE[this.code].remedy
  }

  get fix(): string {
    return CATALOGUE[this.code].fix
  }

  /** For the outermost edges, which must answer whatever was thrown: ours as it is, all else as a bug of ours. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('kernel.unexpected', { cause: thrown })
  }
}
