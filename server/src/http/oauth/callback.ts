import { randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { AuthorizationOutcome } from '../../tokens/index.ts'
import { anybody } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { nameOfCreator } from '../sign-in-links/sign-in-link.ts'
import { renderResultPage, RESULT_PAGE_POLICY } from './result-page.ts'
import { resultPageOf } from './result.ts'

/**
 * Where Microsoft sends the browser back to (RFC 6749 §4.1.2). Anybody may come: people who sign in for their mailbox
 * need no login here. What makes it safe is the state, used once and only by the browser that began.
 */
export const oauthCallback = ({ authorizations, browserSessions, people, publicUrl, log }: Rooms) =>
  otherRoute({
    at: 'GET /oauth/callback',
    summary: 'Where Microsoft sends the browser back to. Always ends on a page that says what happened and what next.',
    authenticate: 'nobody',
    permit: anybody,
    validate: {},
    act: async ({ request, reply }) => {
      // The room reads the query by itself: a name given twice must not become one of the two.
      const query = new URLSearchParams(request.url.split('?')[1] ?? '')
      // A browser without a session began nothing: it gets one that nobody knows.
      const session = browserSessions.find(request) ?? randomBytes(32)
      const outcome = await authorizations.complete(query, session).catch((error: unknown): AuthorizationOutcome => {
        log.error({ err: error }, 'a sign-in could not be completed')
        return failure(AppError.from(error))
      })
      if (outcome.kind === 'failed') {
        log.info({ code: outcome.error.code, upstream: outcome.error.upstream }, 'a sign-in failed')
        void reply.code(outcome.error.status)
      }
      const creator = outcome.link && (await nameOfCreator(people.people, outcome.link.createdBy))
      const signedIn = await people.sessions.find(request.headers.cookie)
      const isAdminHere = signedIn?.person.role === 'admin'
      return renderResultPage(resultPageOf(outcome, { publicUrl, traceId: request.id, creator, isAdminHere }))
    },
    present: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      send: (page, reply) => reply.header('content-security-policy', RESULT_PAGE_POLICY).send(page),
    },
  })

function failure(error: AppError): AuthorizationOutcome {
  return {
    kind: 'failed',
    error,
    cloudProviderId: undefined,
    wantedAddress: undefined,
    reconnectGrantId: undefined,
    link: undefined,
  }
}
