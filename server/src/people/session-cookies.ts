import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { deleteSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'

/**
 * Writes and reads the session cookie, which has the token with a signature. The library sets it in its own sign-in
 * routes only, and these aren't reachable here.
 */
export const sessionCookies = {
  id: 'postkey-session-cookies',
  endpoints: {
    writeSessionCookie: createAuthEndpoint(
      '/postkey/write-session-cookie',
      { method: 'POST', body: z.object({ token: z.string(), maxAge: z.int() }) },
      async (ctx) => {
        const { name, attributes } = ctx.context.authCookies.sessionToken
        const { token, maxAge } = ctx.body
        await ctx.setSignedCookie(name, token, ctx.context.secret, { ...attributes, maxAge })
      },
    ),
    readSessionCookie: createAuthEndpoint('/postkey/read-session-cookie', { method: 'GET' }, async (ctx) => {
      const { name } = ctx.context.authCookies.sessionToken
      const token = await ctx.getSignedCookie(name, ctx.context.secret)
      return { token: token === false || token === null ? undefined : token }
    }),
    clearSessionCookie: createAuthEndpoint('/postkey/clear-session-cookie', { method: 'POST' }, async (ctx) => {
      deleteSessionCookie(ctx)
      return Promise.resolve()
    }),
  },
} satisfies BetterAuthPlugin
