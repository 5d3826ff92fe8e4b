import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'

/**
 * One attempt to sign in, from the first page to the redirect to the client. Each page carries its id in the field
 * `ctx`.
 */
export interface SignInRequest {
  id: string
  purpose: 'authorize' | 'admin-consent' | 'admin-consent-v1' | 'device'
  /** Tenant segment of the address. */
  segment: string
  /** The client's parameters as a query string; parsed again at each step. */
  query: string
  /** True when the user wants to enter a user name although there are accounts to choose from. */
  typing: boolean
  /** Home account whose password is requested next. */
  namedUserId: string | undefined
  /** Factors that the user has proven so far. */
  proven: { userId: string; authenticatedAt: number; mfa: boolean; keepSignedIn: boolean } | undefined
  /** True once a password was entered in this sign-in; false when an account was only chosen. */
  fresh: boolean
  /** True once "Stay signed in?" was answered. */
  keepAsked: boolean
}

/** Pending sign-ins. Each belongs to the browser that began it. */
export interface SignInRequests {
  begin(browserKey: string, fields: Pick<SignInRequest, 'purpose' | 'segment' | 'query'>): SignInRequest
  /** `undefined` when the sign-in is unknown, too old, finished, or belongs to another browser. */
  find(browserKey: string, id: string): SignInRequest | undefined
  save(request: SignInRequest): void
  end(id: string): void
}

/** Long enough to fetch a phone, short enough that a page left open can't be used the next day. */
const LIFETIME_MS = 60 * 60 * 1000

export function createSignInRequests(database: Database, clock: Clock): SignInRequests {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS sign_in_requests (
      id TEXT PRIMARY KEY, browser BLOB NOT NULL, state TEXT NOT NULL, begun_at INTEGER NOT NULL
    ) STRICT`)

  const hash = (browserKey: string) => createHash('sha256').update(browserKey).digest()

  return {
    begin(browserKey, { purpose, segment, query }) {
      const now = clock.now().getTime()
      const request: SignInRequest = {
        id: randomBytes(32).toString('base64url'),
        purpose,
        segment,
        query,
        typing: false,
        namedUserId: undefined,
        proven: undefined,
        fresh: false,
        keepAsked: false,
      }
      database.run('DELETE FROM sign_in_requests WHERE begun_at < ?', now - LIFETIME_MS)
      database.run(
        'INSERT INTO sign_in_requests VALUES (?, ?, ?, ?)',
        request.id,
        hash(browserKey),
        JSON.stringify(request),
        now,
      )
      return request
    },
    find(browserKey, id) {
      const row = database.get<{ state: string }>(
        'SELECT state FROM sign_in_requests WHERE id = ? AND browser = ? AND begun_at >= ?',
        id,
        hash(browserKey),
        clock.now().getTime() - LIFETIME_MS,
      )
      if (!row) return undefined
      const state = JSON.parse(row.state) as SignInRequest
      return { ...state, namedUserId: state.namedUserId, proven: state.proven }
    },
    save(request) {
      database.run('UPDATE sign_in_requests SET state = ? WHERE id = ?', JSON.stringify(request), request.id)
    },
    end(id) {
      database.run('DELETE FROM sign_in_requests WHERE id = ?', id)
    },
  }
}
