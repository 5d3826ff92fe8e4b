import { createHash, randomBytes } from 'node:crypto'
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { People, User } from '../tenants/index.ts'

/** One account that is signed in in one browser. */
export interface SignedInAccount {
  user: User
  /** Time at which the password was entered. */
  authenticatedAt: number
  mfa: boolean
  keepSignedIn: boolean
}

/** Signed-in accounts of each browser; there can be several. */
export interface SignInSessions {
  /** Accounts with a valid session, the latest first. */
  list(browser: string | undefined): SignedInAccount[]
  /**
   * Adds or renews an account and gives the browser a new secret, so that a secret planted before the sign-in is
   * worthless after it.
   */
  signIn(browser: string | undefined, account: SignedInAccount): { browser: string; maxAgeSeconds: number | undefined }
  signOut(browser: string, userId?: string): void
  /** Public identifier of the browser's session: `session_state` and `sid`. */
  stateOf(browser: string): string
}

const SESSION_MS = 24 * 60 * 60 * 1000
const KEPT_MS = 90 * 24 * 60 * 60 * 1000

interface Row {
  user_id: string
  authenticated_at: number
  mfa: number
  keep_signed_in: number
}

export function createSignInSessions(
  database: Database,
  clock: Clock,
  people: People,
  faults: FaultsAsked,
): SignInSessions {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS sign_in_sessions (
      browser BLOB NOT NULL, user_id TEXT NOT NULL, authenticated_at INTEGER NOT NULL, mfa INTEGER NOT NULL,
      keep_signed_in INTEGER NOT NULL, PRIMARY KEY (browser, user_id)
    ) STRICT`)

  const hash = (browser: string) => createHash('sha256').update(browser).digest()

  function toAccount(row: Row): SignedInAccount[] {
    const user = people.findUser(row.user_id)
    const lifetimeMs = row.keep_signed_in === 1 ? KEPT_MS : SESSION_MS
    if (!user?.accountEnabled) return []
    if (row.authenticated_at < user.tokensValidFrom) return []
    const account = { call: 'sign-in page', userId: user.id, tenantId: user.tenantId, bornAt: row.authenticated_at }
    if (faults.find('entra.session', account)) return []
    if (row.authenticated_at + lifetimeMs <= clock.now().getTime()) return []
    return [
      {
        user,
        authenticatedAt: row.authenticated_at,
        mfa: row.mfa === 1,
        keepSignedIn: row.keep_signed_in === 1,
      },
    ]
  }

  return {
    list(browser) {
      if (browser === undefined) return []
      return database
        .all<Row>('SELECT * FROM sign_in_sessions WHERE browser = ? ORDER BY authenticated_at DESC', hash(browser))
        .flatMap(toAccount)
    },
    signIn(browser, { user, authenticatedAt, mfa, keepSignedIn }) {
      const next = randomBytes(32).toString('base64url')
      database.transaction(() => {
        database.run('DELETE FROM sign_in_sessions WHERE authenticated_at < ?', clock.now().getTime() - KEPT_MS)
        if (browser !== undefined) {
          database.run('UPDATE sign_in_sessions SET browser = ? WHERE browser = ?', hash(next), hash(browser))
        }
        database.run(
          'INSERT OR REPLACE INTO sign_in_sessions VALUES (?, ?, ?, ?, ?)',
          hash(next),
          user.id,
          authenticatedAt,
          Number(mfa),
          Number(keepSignedIn),
        )
      })
      const kept = database.get(
        'SELECT 1 FROM sign_in_sessions WHERE browser = ? AND keep_signed_in = 1 LIMIT 1',
        hash(next),
      )
      return { browser: next, maxAgeSeconds: kept === undefined ? undefined : KEPT_MS / 1000 }
    },
    signOut(browser, userId) {
      if (userId === undefined) database.run('DELETE FROM sign_in_sessions WHERE browser = ?', hash(browser))
      else database.run('DELETE FROM sign_in_sessions WHERE browser = ? AND user_id = ?', hash(browser), userId)
    },
    stateOf(browser) {
      const hex = createHash('sha256').update(`session_state ${browser}`).digest('hex')
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `4${hex.slice(13, 16)}`,
        `a${hex.slice(17, 20)}`,
        hex.slice(20, 32),
      ].join('-')
    },
  }
}
