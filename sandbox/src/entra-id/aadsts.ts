import type { Database } from '../kernel/database.ts'
import { AADSTS_TABLE } from './aadsts-table.ts'

export type Evidence = 'documentation' | 'observed' | 'library' | 'third party' | 'unsure'

/** One row of `aadsts-table.ts`. */
export interface AadstsRow {
  code: number
  /** The OAuth error, on which clients branch. */
  error: string
  suberror: string | undefined
  status: number
  shownAs: 'page' | 'prompt' | 'redirect' | 'token'
  evidence: Evidence
  /** The message, with `{placeholders}` for values. */
  text: string
}

const EVIDENCE: Record<string, Evidence> = {
  D: 'documentation',
  O: 'observed',
  C: 'library',
  T: 'third party',
  '?': 'unsure',
}

export const AADSTS: ReadonlyMap<number, AadstsRow> = new Map(
  AADSTS_TABLE.trim()
    .split('\n')
    .map((line) => readRow(line))
    .map((row) => [row.code, row]),
)

function readRow(line: string): AadstsRow {
  const [code = '', errorAndStatus = '', suberror = '', shownAs = '', evidence = '', ...text] = line.split(/ ?\| ?/)
  const [error = '', status] = errorAndStatus.split(' ')
  return {
    code: Number(code),
    error,
    suberror: suberror === '' ? undefined : suberror,
    status: status === undefined ? (error === 'invalid_client' ? 401 : 400) : Number(status),
    shownAs: shownAs as AadstsRow['shownAs'],
    evidence: EVIDENCE[evidence] ?? 'unsure',
    text: text.join(' | '),
  }
}

/** A refusal by Entra ID. Thrown anywhere below a route and turned into a response at the edge. */
export class EntraError extends Error {
  override readonly name = 'EntraError'
  readonly code: number
  readonly claims: string | undefined
  /** Values that replace those of the table for this request. */
  readonly instead: Partial<Pick<AadstsRow, 'error' | 'suberror' | 'status'>>
  /** Additional response headers, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>
  /** Shown on a page although the table names the redirect URI. */
  readonly onPage: boolean

  constructor(
    code: number,
    values: Record<string, string> = {},
    options: {
      claims?: string
      instead?: Partial<Pick<AadstsRow, 'error' | 'suberror' | 'status'>>
      headers?: Readonly<Record<string, string>>
      onPage?: boolean
    } = {},
  ) {
    const row = AADSTS.get(code)
    if (!row) throw new TypeError(`AADSTS${code} is not in the table`)
    super(`AADSTS${code}: ${row.text.replace(/\{(\w+)\}/g, (_place, name: string) => values[name] ?? '').trim()}`)
    this.code = code
    this.claims = options.claims
    this.instead = options.instead ?? {}
    this.headers = options.headers ?? {}
    this.onPage = options.onPage ?? false
  }
}

type ErrorStrings = Pick<AadstsRow, 'error' | 'suberror' | 'status'>

/** The strings of each error code, with the overrides applied. */
export interface Errors {
  stringsOf(error: EntraError): ErrorStrings
  /**
   * Overrides the strings of a code in responses, for the unconfirmed rows. Stored in the sandbox's file; `undefined`
   * removes the override.
   */
  override(code: number, strings: Partial<{ error: string; suberror: string; status: number }> | undefined): void
}

export function createErrors(database: Database): Errors {
  const key = (code: number) => `entra-id.error.${code}`
  return {
    stringsOf({ code, instead }) {
      const { error, suberror, status } = AADSTS.get(code)!
      const changed = JSON.parse(database.setting(key(code)) ?? '{}') as Partial<ErrorStrings>
      return { error, suberror, status, ...instead, ...changed }
    },
    override(code, strings) {
      if (!AADSTS.has(code)) throw new TypeError(`AADSTS${code} is not in the table`)
      database.setSetting(key(code), JSON.stringify(strings ?? {}))
    },
  }
}
