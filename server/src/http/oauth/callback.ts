import { randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { AuthorizationOutcome } from '../../tokens/index.ts'
import { completeOpenIdSignIn, sendCallbackAnswer, type CallbackAnswer } from '../openid-sign-ins/callback.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { toSessionPage } from '../connect-sessions/session-page.ts'
import { nameOfCreator } from '../sign-in-links/sign-in-link.ts'
import { renderResultPage } from './result-page.ts'
import { toResultPage } from './result.ts'

/**
 * The redirect URI for responses from Microsoft (RFC 6749 §4.1.2). Available to every browser, because people who sign
 * in for their mailbox need no account here. Protected by the state, which is valid once and only in the browser that
 * began. A sign-in to Postkey by the registration of a Cloud Provider returns here, too.
 */
export const oauthCallback = (rooms: Rooms) => {
  const { authorizations, browserSessions, people, publicUrl, log } = rooms
  return otherRoute({
    at: 'GET /oauth/callback',
    summary: "Receives the browser's redirect from Microsoft. Always ends on a page with the result and the next step.",
    authenticate: 'none',
    permit: anyone,
    validate: {},
    act: async ({ request, reply }): Promise<CallbackAnswer> => {
      // The module parses the query itself, because a parameter given twice must not be reduced to one value.
      const query = new URLSearchParams(request.url.split('?')[1] ?? '')
      if (await rooms.openIdSignIns.isOurs(query)) return completeOpenIdSignIn(rooms, request, reply)
      // A browser without a session began no sign-in; a random session matches none.
      const session = browserSessions.find(request) ?? randomBytes(32)
      const outcome = await authorizations.complete(query, session).catch((error: unknown): AuthorizationOutcome => {
        log.error({ err: error }, 'a sign-in could not be completed')
        return failure(AppError.from(error))
      })
      if (outcome.kind === 'failed') {
        log.info({ code: outcome.error.code, upstream: outcome.error.upstream }, 'a sign-in failed')
      }
      const settled = await rooms.connectSessions.settle(outcome, session)
      const ofSession = settled === 'elsewhere' ? undefined : settled
      if (ofSession?.session.status === 'completed' && ofSession.returnTo !== undefined) {
        return { location: ofSession.returnTo }
      }
      if (outcome.kind === 'failed' && !ofSession?.isRepeated) void reply.code(outcome.error.status)
      // Another browser has signed in for the session, so this page is about its own error only.
      const shown = settled === 'elsewhere' && outcome.kind === 'failed' ? failure(outcome.error) : outcome
      const creator =
        ofSession?.session.displayName ?? (shown.link && (await nameOfCreator(people.people, shown.link.createdBy)))
      const signedIn = await people.sessions.find(request.headers.cookie)
      const isAdminHere = signedIn?.person.role === 'admin'
      const page = toResultPage(shown, { publicUrl, traceId: request.id, creator, isAdminHere })
      return { page: renderResultPage(ofSession ? toSessionPage(page, ofSession) : page) }
    },
    present: { status: 200, contentType: 'text/html; charset=utf-8', send: sendCallbackAnswer },
  })
}

function failure(error: AppError): AuthorizationOutcome {
  return {
    kind: 'failed',
    error,
    cloudProviderId: undefined,
    requestedAddress: undefined,
    reconnectGrantId: undefined,
    link: undefined,
  }
}
