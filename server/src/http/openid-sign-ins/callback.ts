import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { explain } from '../../error-map/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { mailOrigin, notingRefusals } from '../../people/index.ts'
import { renderResultPage, RESULT_PAGE_POLICY, type ResultPage } from '../oauth/result-page.ts'
import { TEXTS as RESULT_TEXTS } from '../oauth/texts.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { signInClient } from '../session/client.ts'
import { answerSignedIn } from '../session/signed-in.ts'
import { TEXTS } from './texts.ts'

/** A page to show, or a path of the web UI to open. */
export type CallbackAnswer = { page: string } | { location: string }

export type CallbackRooms = Pick<Rooms, 'openIdSignIns' | 'browserSessions' | 'people' | 'publicUrl' | 'log'>

/**
 * Redirect URIs of separate clients, one for each provider. The state protects them: valid once, only in the browser that
 * began, and only at the path of its provider.
 *
 * @see RFC 9700 §4.4.2
 */
export const openIdCallback = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /sign-in/callback/:id',
    summary:
      'Receives the browser’s redirect from a sign-in provider. Ends in the web UI, or on a page with the error.',
    authenticate: 'none',
    permit: anyone,
    validate: { params: z.object({ id: z.string() }) },
    act: ({ request, reply }) => completeOpenIdSignIn(rooms, request, reply),
    present: { status: 200, contentType: 'text/html; charset=utf-8', send: sendCallbackAnswer },
  })

export function sendCallbackAnswer(answer: CallbackAnswer, reply: FastifyReply): FastifyReply {
  if ('location' in answer) return reply.code(302).header('location', answer.location).send()
  return reply.header('content-security-policy', RESULT_PAGE_POLICY).send(answer.page)
}

/** Completes a sign-in: opens the session of its person, and leads to the page where it began. */
export async function completeOpenIdSignIn(
  { openIdSignIns, browserSessions, people, publicUrl, log }: CallbackRooms,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<CallbackAnswer> {
  // A browser without a session began no sign-in; a random session matches none.
  const sessionHash = browserSessions.find(request) ?? randomBytes(32)
  const noting = notingRefusals(people.noteRefusedAccess, { clientAddress: request.ip }, 'openid')
  try {
    const redirect = new URL(request.url, publicUrl)
    const client = signInClient(request, reply, browserSessions)
    const signedIn = await people.sessions.find(request.headers.cookie)
    const browser = { sessionHash, sessionId: signedIn?.session.id, origin: mailOrigin(client) }
    const completed = await openIdSignIns.complete(redirect, browser).catch(noting)
    const { purpose, personId, identityProviderId, ageMs, returnTo, claim } = completed
    const proof = { method: 'openid', identityProviderId, ageMs } as const
    if (purpose === 'sign-in' || purpose === 'invitation') {
      const opened = await people.sessions.open(personId, proof, client, claim).catch(noting)
      answerSignedIn(opened, reply, browserSessions)
    } else if (purpose === 'confirm' && signedIn) {
      await people.sessions.confirm(signedIn.session, proof, client)
    }
    return { location: new URL(returnTo, publicUrl).href }
  } catch (thrown) {
    const error = AppError.from(thrown)
    if (error.entry.scope === 'us') log.error({ err: thrown }, 'a sign-in could not be completed')
    else log.info({ code: error.code, upstream: error.upstream }, 'a sign-in at a provider failed')
    void reply.code(error.status)
    return { page: renderResultPage(failurePage(error, publicUrl, request.id)) }
  }
}

function failurePage(error: AppError, publicUrl: URL, traceId: string): ResultPage {
  const { upstream } = error
  const said = upstream?.error === undefined ? [] : [[TEXTS.providerError, upstream.error] as const]
  const codes = upstream?.errorCodes?.map((number) => `AADSTS${number}`).join(', ')
  return {
    title: error.message,
    sentence: error.fix,
    explanation: upstream && explain(error.code, upstream),
    facts: [
      ...said,
      ...(codes === undefined ? [] : [[RESULT_TEXTS.microsoftCode, codes] as const]),
      ...([
        [RESULT_TEXTS.code, error.code],
        [RESULT_TEXTS.trace, traceId],
      ] as const),
    ],
    next: [{ label: TEXTS.backToSignIn, url: new URL('/', publicUrl).href }],
  }
}
