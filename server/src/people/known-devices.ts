/**
 * Remembers in a cookie which accounts have signed in on a device. Wrong passwords of others don't lock out a known
 * device; it is limited by its own. The cookie doesn't sign in.
 *
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import { createKeyedHash } from './keyed-hash.ts'

/** Longest lifetime that browsers grant a cookie (RFC 6265bis §5.5). */
const LIFETIME_SECONDS = 400 * 24 * 60 * 60
/** Maximum accounts of a shared device; the oldest is forgotten first. A new password counts as another account. */
const MAX_ACCOUNTS = 5

const Claims = z.object({ jti: z.string(), accounts: z.array(z.string()) })

export interface KnownDevices {
  /**
   * Returns an id of the device for this account, if its cookie proves an earlier sign-in. A new password or removal
   * makes all devices unknown.
   */
  find(cookieHeader: string | undefined, email: string): Promise<string | undefined>
  /** Returns an id of the device, if its cookie proves an earlier sign-in of any account with any password. */
  identify(cookieHeader: string | undefined): Promise<string | undefined>
  /** Returns the `Set-Cookie` line after a successful sign-in of this account. */
  remember(cookieHeader: string | undefined, email: string): Promise<string>
}

export interface KnownDevicesOptions {
  clock: Clock
  publicUrl: URL
  sessionSecret: Secret
  /**
   * Returns the stored hash of a person's password, or their id without a password; undefined for unknown and removed
   * people.
   */
  credentialOf: (email: string) => Promise<string | undefined>
}

export function createKnownDevices(options: KnownDevicesOptions): KnownDevices {
  const { clock, publicUrl, sessionSecret, credentialOf } = options
  const hash = createKeyedHash(sessionSecret)
  const key = Buffer.from(hkdfSync('sha256', sessionSecret.reveal(), '', 'postkey known devices', 32))
  const isSecure = publicUrl.protocol === 'https:'
  const name = isSecure ? '__Host-postkey.device' : 'postkey.device'
  const cookie = new RegExp(`(?:^|;\\s*)${name.replace('.', '\\.')}=([\\w.-]{1,1000})(?:;|$)`)

  async function read(cookieHeader: string | undefined): Promise<z.infer<typeof Claims> | undefined> {
    const [, token] = cookie.exec(cookieHeader ?? '') ?? []
    if (token === undefined) return undefined
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate: clock.now() })
      return Claims.safeParse(payload).data
    } catch {
      // Forged, expired or signed with an earlier secret: the device is unknown.
      return undefined
    }
  }

  async function accountOf(email: string): Promise<string | undefined> {
    const credential = await credentialOf(email)
    return credential === undefined ? undefined : hash(email.toLowerCase(), credential)
  }

  return {
    async find(cookieHeader, email) {
      const device = await read(cookieHeader)
      // Without a valid cookie, a refused request takes no connection of the database.
      const account = device && (await accountOf(email))
      return account !== undefined && device?.accounts.includes(account) ? hash(device.jti, account) : undefined
    },

    async identify(cookieHeader) {
      return (await read(cookieHeader))?.jti
    },

    async remember(cookieHeader, email) {
      const device = (await read(cookieHeader)) ?? { jti: randomBytes(16).toString('base64url'), accounts: [] }
      const account = await accountOf(email)
      const others = device.accounts.filter((other) => other !== account)
      const accounts = [...(account === undefined ? [] : [account]), ...others].slice(0, MAX_ACCOUNTS)
      const now = Math.floor(clock.now().getTime() / 1000)
      const token = await new SignJWT({ accounts })
        .setProtectedHeader({ alg: 'HS256' })
        .setJti(device.jti)
        .setIssuedAt(now)
        .setExpirationTime(now + LIFETIME_SECONDS)
        .sign(key)
      const attributes = [`Max-Age=${LIFETIME_SECONDS}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
      return [`${name}=${token}`, ...attributes, ...(isSecure ? ['Secure'] : [])].join('; ')
    },
  }
}
