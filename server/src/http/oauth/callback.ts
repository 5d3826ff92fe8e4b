import { randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { AuthorizationOutcome } from '../../tokens/index.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { nameOfCreator } from '../sign-in-links/sign-in-link.ts'
import { renderResultPage, RESULT_PAGE_POLICY } from './result-page.ts'
import { toResultPage } from './result.ts'

/**
 * The redirect URI for responses from Microsoft (RFC 6749 §4.1.2). Available to every browser, because people who sign
 * in for their mailbox need no account here. Protected by the state, which is valid once and only in the browser that
 * began.
 */
export const oauthCallback = ({ authorizations, browserSessions, people, publicUrl, log }: Rooms) =>
  otherRoute({
    at: 'GET /oauth/callback',
    summary: "Receives the browser's redirect from Microsoft. Always ends on a page with the result and the next step.",
    authenticate: 'nobody',
    permit: anyone,
    validate: {},
    act: async ({ request, reply }) => {
      // The module parses the query itself, because a parameter given twice must not be reduced to one value.
      const query = new URLSearchParams(request.url.split('?')[1] ?? '')
      // A browser without a session began no sign-in; a random session matches none.
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
      return renderResultPage(toResultPage(outcome, { publicUrl, traceId: request.id, creator, isAdminHere }))
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
    requestedAddress: undefined,
    reconnectGrantId: undefined,
    link: undefined,
  }
}
