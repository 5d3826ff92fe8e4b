/**
 * Remembers in a cookie which accounts have signed in on a device. Wrong passwords of others don't lock out a known
 * device; it is limited by its own. The cookie doesn't sign in.
 *
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'

/** Longest lifetime that browsers grant a cookie (RFC 6265bis §5.5). */
const LIFETIME_SECONDS = 400 * 24 * 60 * 60
/** Maximum accounts of a shared device; the oldest is forgotten first. */
const MAX_ACCOUNTS = 5

const Claims = z.object({ jti: z.string(), accounts: z.array(z.string()) })

export interface KnownDevices {
  /** Returns the id of the device, if its cookie proves an earlier sign-in of this account. */
  find(cookieHeader: string | undefined, email: string): Promise<string | undefined>
  /** Returns the `Set-Cookie` line after a successful sign-in of this account. */
  remember(cookieHeader: string | undefined, email: string): Promise<string>
}

export function createKnownDevices(options: { clock: Clock; publicUrl: URL; sessionSecret: Secret }): KnownDevices {
  const { clock, publicUrl, sessionSecret } = options
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

  return {
    async find(cookieHeader, email) {
      const device = await read(cookieHeader)
      return device?.accounts.includes(hashOf(email)) ? device.jti : undefined
    },

    async remember(cookieHeader, email) {
      const device = (await read(cookieHeader)) ?? { jti: randomBytes(16).toString('base64url'), accounts: [] }
      const others = device.accounts.filter((account) => account !== hashOf(email))
      const accounts = [hashOf(email), ...others].slice(0, MAX_ACCOUNTS)
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

function hashOf(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('base64url')
}
