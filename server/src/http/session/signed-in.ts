import type { FastifyReply } from 'fastify'
import type { SignedIn, Person } from '../../people/index.ts'
import type { BrowserSessions } from '../browser-session.ts'

/** Hands the cookies over. What was begun in this browser before, by whomever, is not theirs. */
export function answerSignedIn(
  { person, setCookies }: SignedIn,
  reply: FastifyReply,
  browsers: BrowserSessions,
): Person {
  for (const cookie of setCookies) void reply.header('set-cookie', cookie)
  browsers.renew(reply)
  return person
}
