/** Stores authorization codes and refresh tokens, which a client receives after a sign-in. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Platform } from './redirect-uris.ts'

/** Permissions that one user gave one application in one sign-in. */
export interface Grant {
  appId: string
  /** Account in the user's home tenant. */
  homeUserId: string
  /** Tenant that issues the tokens. */
  tenantId: string
  platform: Platform
  /** The scope parameter of the sign-in. */
  scope: string
  authenticatedAt: number
  mfa: boolean
  keepSignedIn: boolean
  sessionId: string
  personal: boolean
}

export interface CodeGrant extends Grant {
  redirectUri: string
  nonce: string | undefined
  codeChallenge: string | undefined
  codeChallengeMethod: 'S256' | 'plain'
}

export interface RefreshGrant extends Grant {
  /**
   * Time at which the first token of the family was issued. The 24-hour limit of a single-page application counts from
   * it.
   */
  firstIssuedAt: number
  /** Id shared by all tokens of one sign-in; `undefined` in tokens of older sandbox versions. */
  family?: string
}

export type Kept<T> = { grant: T; issuedAt: number; expiresAt: number }

export interface Grants {
  issueCode(grant: CodeGrant): string
  /** Finds a code, including redeemed and expired ones; `redeemed` marks the former. */
  findCode(code: string): (Kept<CodeGrant> & { redeemed: boolean }) | undefined
  /** Marks the code as redeemed; `false` when a concurrent request redeemed it first. */
  redeemCode(code: string): boolean

  issueRefreshToken(grant: RefreshGrant): string
  /** Finds a refresh token, including expired ones. An old token stays valid when a new one is issued. */
  findRefreshToken(token: string): Kept<RefreshGrant> | undefined

  /** Marks a refresh token as used, for strict rotation. A second use revokes its family and returns `false`. */
  useOnce(token: string, grant: RefreshGrant): boolean
  isFamilyEnded(grant: RefreshGrant): boolean
}

const CODE_LIFETIME_MS = 10 * 60 * 1000
export const INACTIVITY_DAYS = 90
const DAY_MS = 24 * 60 * 60 * 1000
/** Retention of expired tokens, so that they are reported as expired and not as unknown. */
const MEMORY_MS = 400 * DAY_MS

export function createGrants(database: Database, clock: Clock): Grants {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS authorization_codes (
      hash BLOB PRIMARY KEY, object TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      redeemed INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE IF NOT EXISTS refresh_tokens (
      hash BLOB PRIMARY KEY, object TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS used_refresh_tokens (hash BLOB PRIMARY KEY, used_at INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS ended_token_families (family TEXT PRIMARY KEY, ended_at INTEGER NOT NULL) STRICT;`)

  type Row = { object: string; issued_at: number; expires_at: number }
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const kept = <T>(row: Row): Kept<T> => ({
    grant: JSON.parse(row.object) as T,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  })

  return {
    issueCode(grant) {
      const code = grant.personal ? `M.C534_BAY.2.U.${randomUUID()}` : newToken(32)
      const now = clock.now().getTime()
      database.run('DELETE FROM authorization_codes WHERE issued_at < ?', now - DAY_MS)
      database.run(
        'INSERT INTO authorization_codes (hash, object, issued_at, expires_at) VALUES (?, ?, ?, ?)',
        hash(code),
        JSON.stringify(grant),
        now,
        now + CODE_LIFETIME_MS,
      )
      return code
    },
    findCode(code) {
      const row = database.get<Row & { redeemed: number }>(
        'SELECT * FROM authorization_codes WHERE hash = ?',
        hash(code),
      )
      return row && { ...kept<CodeGrant>(row), redeemed: row.redeemed === 1 }
    },
    redeemCode(code) {
      const sql = 'UPDATE authorization_codes SET redeemed = 1 WHERE hash = ? AND redeemed = 0'
      return database.run(sql, hash(code)).changes === 1
    },

    issueRefreshToken(grant) {
      const token = grant.personal ? `M.C534_BAY.0.U.-${randomBytes(300).toString('base64url')}` : newToken(600)
      const now = clock.now().getTime()
      const expiresAt = grant.platform === 'spa' ? grant.firstIssuedAt + DAY_MS : now + INACTIVITY_DAYS * DAY_MS
      database.run('DELETE FROM refresh_tokens WHERE expires_at < ?', now - MEMORY_MS)
      database.run('INSERT INTO refresh_tokens VALUES (?, ?, ?, ?)', hash(token), JSON.stringify(grant), now, expiresAt)
      return token
    },
    findRefreshToken(token) {
      const row = database.get<Row>('SELECT * FROM refresh_tokens WHERE hash = ?', hash(token))
      return row && kept<RefreshGrant>(row)
    },

    useOnce(token, grant) {
      const now = clock.now().getTime()
      database.run('DELETE FROM used_refresh_tokens WHERE used_at < ?', now - MEMORY_MS)
      const used = 'INSERT OR IGNORE INTO used_refresh_tokens VALUES (?, ?)'
      if (database.run(used, hash(token), now).changes === 1) return true
      database.run('INSERT OR IGNORE INTO ended_token_families VALUES (?, ?)', familyOf(grant), now)
      return false
    },
    isFamilyEnded: (grant) =>
      database.get('SELECT 1 FROM ended_token_families WHERE family = ?', familyOf(grant)) !== undefined,
  }
}

/** Family id; tokens without one are identified by the session and time of their sign-in. */
function familyOf({ family, sessionId, firstIssuedAt, homeUserId }: RefreshGrant): string {
  return family ?? `${sessionId} ${homeUserId} ${firstIssuedAt}`
}

function newToken(bytes: number): string {
  return `1.A${randomBytes(20).toString('base64url')}.AgABBAIAAAB${randomBytes(bytes + 60).toString('base64url')}`
}

/** Checks the format of a code or refresh token. A malformed one is refused before any other check. */
export function isWellFormedGrant(text: string): boolean {
  return /^[01]\.[\w-]{20,}\.[\w-]{40,}$/.test(text) || /^M\.[\w.!*$-]{20,}$/.test(text)
}
