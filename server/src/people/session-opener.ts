import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'

/** Ways to prove an identity. `link`: an invitation, or a link for a new password. */
export const SIGN_IN_METHODS = ['password', 'passkey', 'openid', 'link'] as const
export const SECOND_FACTORS = ['totp', 'recovery-code'] as const

const Opening = z.object({
  userId: z.string(),
  method: z.enum(SIGN_IN_METHODS),
  secondFactor: z.enum(SECOND_FACTORS).nullable(),
  ipAddress: z.string(),
  userAgent: z.string(),
  /** Time of the sign-in by the injected clock. */
  at: z.date(),
})

/**
 * Opens a session for a person whose identity is already proven. The library opens sessions in its own sign-in routes
 * only, and these aren't reachable here.
 */
export const sessionOpener = {
  id: 'postkey-session-opener',
  endpoints: {
    openSession: createAuthEndpoint('/postkey/open-session', { method: 'POST', body: Opening }, async (ctx) => {
      const { internalAdapter } = ctx.context
      const { userId, at, ...origin } = ctx.body
      const user = await internalAdapter.findUserById(userId)
      if (!user) throw new Error('The person does not exist')
      const fields = { ...origin, signedInAt: at, freshAt: at, lastSeenAt: at }
      const session = await internalAdapter.createSession(userId, false, fields)
      await setSessionCookie(ctx, { session, user })
      return { id: session.id }
    }),
  },
} satisfies BetterAuthPlugin
