/**
 * better-auth, for password hashes and session cookies: none of its own routes is reachable, and `http` calls the functions of
 * `sessions`. Unsafe features are disabled: self-registration, telemetry, and linking by email address (nOAuth).
 * Provider tokens would be encrypted. Its own API-key plugin, limited to ten uses a day, isn't used.
 *
 * Its functions that read sessions, such as `getSession`, compare with the clock of the machine. Postkey uses it for
 * cookies and hashes, and its own statements for sessions.
 *
 * @see https://www.better-auth.com/docs/reference/options
 */
import { betterAuth } from 'better-auth'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { Database } from '../database/index.ts'
import type { Secret } from '../kernel/secret.ts'
import { newId } from '../kernel/ids.ts'
import { sessionCookies } from './session-cookies.ts'
import { LIFETIME_MS } from './session.ts'

/** Suffix of the session cookie's name, with and without https. */
export const SESSION_COOKIE = 'postkey.session_token'

export function sessionCookieName(publicUrl: URL): string {
  return `${cookiePrefix(publicUrl)}.session_token`
}

/**
 * Returns the cookie prefix. `__Host-` makes browsers refuse the cookie from a neighboring host or without https (RFC
 * 6265bis §4.1.3.2). Over http, which PUBLIC_URL allows only on localhost, browsers refuse the prefix itself.
 */
function cookiePrefix({ protocol }: URL): string {
  return protocol === 'https:' ? '__Host-postkey' : 'postkey'
}

export interface LibraryOptions {
  database: Pick<Database, 'db'>
  publicUrl: URL
  sessionSecret: Secret
}

export type SignInLibrary = ReturnType<typeof createSignInLibrary>

export function createSignInLibrary(options: LibraryOptions) {
  const better = betterAuth(libraryConfig(options))
  return {
    api: better.api,
    hashPassword: (password: Secret): Promise<string> => hashPassword(password.reveal()),
    verifyPassword: (hash: string, password: Secret): Promise<boolean> =>
      verifyPassword({ hash, password: password.reveal() }),
  }
}

/**
 * Returns the configuration of the library. Also used by the drift test, which reads the required tables from the
 * library.
 */
export function libraryConfig({ database, publicUrl, sessionSecret }: LibraryOptions) {
  const secure = publicUrl.protocol === 'https:'
  return {
    appName: 'Postkey',
    baseURL: publicUrl.origin,
    secret: sessionSecret.reveal(),
    database: { db: database.db, type: 'postgres' as const },
    telemetry: { enabled: false },
    logger: { disabled: true },
    // `sessions` checks passwords and opens sessions.
    emailAndPassword: { enabled: false },
    plugins: [sessionCookies],
    account: {
      modelName: 'sign_in_methods',
      fields: {
        userId: 'user_id',
        providerId: 'provider_id',
        accountId: 'account_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      encryptOAuthTokens: true,
      accountLinking: { enabled: false, disableImplicitLinking: true },
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        role: { type: 'string' as const, required: true, input: false },
        removedAt: { type: 'date' as const, required: false, input: false, fieldName: 'removed_at' },
      },
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      additionalFields: {
        method: { type: 'string' as const, required: true, input: false },
        secondFactor: { type: 'string' as const, required: false, input: false, fieldName: 'second_factor' },
        signedInAt: { type: 'date' as const, required: true, input: false, fieldName: 'signed_in_at' },
        freshAt: { type: 'date' as const, required: true, input: false, fieldName: 'fresh_at' },
        lastSeenAt: { type: 'date' as const, required: true, input: false, fieldName: 'last_seen_at' },
      },
      expiresIn: LIFETIME_MS / 1000,
      disableSessionRefresh: true,
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
      storeIdentifier: 'hashed' as const,
    },
    advanced: {
      cookiePrefix: cookiePrefix(publicUrl),
      // It would add `__Secure-`, the weaker prefix, in front. `secure` below sets the attribute.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' as const, secure, path: '/' },
      database: { generateId: () => newId() },
      // The library's own handler is unused; `sessions` counts tries, and `http` has the client address.
      ipAddress: { disableIpTracking: true },
    },
  }
}
