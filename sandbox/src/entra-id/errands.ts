import type { FastifyReply } from 'fastify'
import type { EntraError } from './aadsts.ts'
import type { Identity } from './authority.ts'
import type { Prompt } from './authorize-request.ts'
import type { Client } from './clients.ts'
import type { RequestContext } from './request-context.ts'
import type { SignInPageFrame } from './sign-in-pages.ts'
import type { Proven } from './sign-in.ts'

/** What a person signs in for: to let an application act, or to consent for an organization. */
export interface Errand {
  client: Client
  prompt: Prompt | undefined
  loginHint: string | undefined
  domainHint: string | undefined
  /** Back to the client, empty-handed, because the person wanted so. `step` is the page it was said on. */
  cancel(reply: FastifyReply, step: string | null, context: RequestContext): FastifyReply
  /** Back to the client with an error. */
  refuse(reply: FastifyReply, error: EntraError, context: RequestContext): FastifyReply
  /** The person is signed in: asks what is still to be asked, and goes back to the client. */
  finish(visit: Visit): Promise<FastifyReply>
}

/** One request of a person who is signed in. */
export interface Visit {
  reply: FastifyReply
  /** The page that was answered; absent when none was. */
  form: URLSearchParams | undefined
  identity: Identity
  proven: Proven
  /** `session_state`. */
  sessionId: string
  frame: SignInPageFrame
  /** Ends the sign-in: the person goes back to the client. */
  end: () => void
  context: RequestContext
}
