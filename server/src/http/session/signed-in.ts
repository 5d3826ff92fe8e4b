import type { FastifyReply } from 'fastify'
import type { MissingFactor, OpenedSession, Person } from '../../people/index.ts'
import type { BrowserSessions } from '../browser-session.ts'

/**
 * Sends the cookies and renews the browser session, so that earlier sign-ins in this browser do not belong to the
 * person.
 */
export function answerSignedIn(
  { person, missingFactor, setCookies }: OpenedSession,
  reply: FastifyReply,
  browsers: BrowserSessions,
): Person & { missingFactor: MissingFactor | undefined } {
  for (const cookie of setCookies) void reply.header('set-cookie', cookie)
  browsers.renew(reply)
  return { ...person, missingFactor }
}
