import type { FastifyReply } from 'fastify'
import type { EntraError } from './aadsts.ts'
import type { Identity } from './authority.ts'
import type { Prompt } from './authorize-request.ts'
import type { Client } from './clients.ts'
import type { RequestContext } from './request-context.ts'
import type { SignInPageFrame } from './sign-in-pages.ts'
import type { Proven } from './sign-in.ts'

/** Purpose of a sign-in: to authorize an application, or to consent for an organization. */
export interface SignInFlow {
  client: Client
  prompt: Prompt | undefined
  loginHint: string | undefined
  domainHint: string | undefined
  /** Redirects to the client without a code after the user canceled. `step` is the page of the cancellation. */
  cancel(reply: FastifyReply, step: string | null, context: RequestContext): FastifyReply
  /** Redirects to the client with an error. */
  refuse(reply: FastifyReply, error: EntraError, context: RequestContext): FastifyReply
  /** Continues after the sign-in: shows outstanding pages and redirects to the client. */
  finish(visit: Visit): Promise<FastifyReply>
}

/** One request of a signed-in user. */
export interface Visit {
  reply: FastifyReply
  /** Submitted form; `undefined` when the request is no form post. */
  form: URLSearchParams | undefined
  identity: Identity
  proven: Proven
  /** Value of `session_state`. */
  sessionId: string
  frame: SignInPageFrame
  /** Completes the sign-in before the redirect to the client. */
  end: () => void
  context: RequestContext
}
