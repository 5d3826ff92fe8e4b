/**
 * Runs one sign-in across its pages: stores it, shows the next page, remembers the browser's accounts, and finally
 * calls its flow.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import { antiForgery, sendPage } from '../kernel/site.ts'
import type { People } from '../tenants/index.ts'
import { AADSTS, EntraError } from './aadsts.ts'
import { createAdminConsentFlow } from './admin-consent.ts'
import { type Authority, authorityOf, identityIn } from './authority.ts'
import { type AuthorizeDeps, type AuthorizeFlow, createAuthorizeFlow, refuse } from './authorize.ts'
import { type Caller, readCaller } from './authorize-request.ts'
import type { Clients } from './clients.ts'
import type { DeviceCodes } from './device-codes.ts'
import { createDeviceFlow } from './device-flow.ts'
import type { SignInFlow } from './sign-in-flow.ts'
import { checkFaults } from './fault-checks.ts'
import { v1Issuer } from './issued-claims.ts'
import { contextOf, type RequestContext } from './request-context.ts'
import { signInPage } from './sign-in-pages.ts'
import type { SignInRequest, SignInRequests } from './sign-in-requests.ts'
import type { SignInSessions } from './sign-in-sessions.ts'
import { accountOf, type SignInFrame } from './sign-in.ts'

/** Microsoft's name for the session cookie. */
export const SESSION_COOKIE = 'ESTSAUTH'

export interface SignInWalk {
  /** Starts a sign-in when a client or a link sends a browser here. */
  begin(
    http: Http,
    options: { purpose: SignInRequest['purpose']; segment: string; query: URLSearchParams },
  ): Promise<FastifyReply>
  /** Handles a submitted page. */
  advance(http: Http, form: URLSearchParams): Promise<FastifyReply>
}

export interface Http {
  request: FastifyRequest
  reply: FastifyReply
}

export interface SignInWalkDeps extends AuthorizeDeps {
  devices: DeviceCodes
  clock: Clock
  settings: Settings
  clients: Clients
  people: People
  requests: SignInRequests
  sessions: SignInSessions
}

export function createSignInWalk(deps: SignInWalkDeps): SignInWalk {
  const { clock, settings, people, requests, sessions, answers, signIn, faults } = deps

  /**
   * Runs `work` and shows its error in the right place: on a page, or at the client's redirect URI once that is known
   * to be registered.
   */
  async function answering(
    { request, reply }: Http,
    { purpose, segment, query }: { purpose: SignInRequest['purpose']; segment: string; query: URLSearchParams },
    work: (flow: SignInFlow, authority: Authority, context: RequestContext) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const context = contextOf(request, clock)
    let caller: Caller | undefined
    try {
      const authority = authorityOf(deps, segment, purpose)
      if (purpose === 'device') return await work(deviceFlow(query, authority), authority, context)
      if (purpose !== 'authorize' && (authority.kind === 'common' || authority.kind === 'consumers')) {
        throw new EntraError(90019)
      }
      caller = readCaller(query, authority, deps)
      return await work(errandOf(purpose, query, authority, caller), authority, context)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      const shownAs = AADSTS.get(error.code)?.shownAs
      if (!caller || error.onPage || shownAs === 'page' || shownAs === 'prompt') {
        return sendPage(reply.headers(error.headers), answers.page(error, context), 400)
      }
      return refuse(reply, caller.redirectTarget, error, answers, context)
    }
  }

  /** The device code may have expired while the user was on the page. */
  function deviceFlow(query: URLSearchParams, authority: Authority): SignInFlow {
    const device = deps.devices.findWaiting(query.get('user_code') ?? '')
    if (!device) throw new EntraError(70019)
    return createDeviceFlow(device, authority, deps)
  }

  function errandOf(purpose: SignInRequest['purpose'], query: URLSearchParams, authority: Authority, caller: Caller) {
    if (purpose === 'authorize') return createAuthorizeFlow(query, authority, caller, deps)
    return createAdminConsentFlow(query, authority, caller, purpose === 'admin-consent' ? 'v2' : 'v1', deps)
  }

  function frameOf(flow: SignInFlow, authority: Authority, browser: string | undefined): SignInFrame {
    const { prompt, loginHint, domainHint, client } = flow
    const accounts = sessions.list(browser)
    const { appId, personalAllowed } = client
    return { authority, appId, personalAllowed, prompt, loginHint, domainHint, accounts }
  }

  async function walk(
    { request, reply }: Http,
    signInRequest: SignInRequest,
    form: URLSearchParams | undefined,
    { flow, authority, context }: { flow: SignInFlow; authority: Authority; context: RequestContext },
  ): Promise<FastifyReply> {
    let browser = request.cookies[SESSION_COOKIE]
    if (form?.has('cancel')) {
      requests.end(signInRequest.id)
      return flow.cancel(reply, form.get('step'), context)
    }
    if (form?.get('step') === 'needs-admin') Object.assign(signInRequest, beginAgain)

    const before = frameOf(flow, authority, browser)
    const problem = form && signIn.take(signInRequest, before, form)
    if (signInRequest.proven && signInRequest.fresh && signInRequest.keepAsked) {
      browser = remember(reply, browser, signInRequest)
    }
    requests.save(signInRequest)

    const frame = frameOf(flow, authority, browser)
    const step = signIn.next(signInRequest, frame)
    const pageFrame = {
      segment: signInRequest.segment,
      ctx: signInRequest.id,
      canary: antiForgery(request, reply),
      appName: flow.client.name,
      authenticator: `${settings.named.controlPanel}/authenticator`,
    }
    if (step.kind !== 'signed-in') {
      return sendPage(reply, signInPage(step, problem, pageFrame, form?.get('loginfmt') ?? undefined))
    }

    if (!step.user.accountEnabled) throw new EntraError(50057)
    checkFaults(faults, 'entra.person', { call: 'sign-in page', ...accountOf(step.user), appId: flow.client.appId })
    const identity = identityIn(people, step.user, authority)
    if (!identity) {
      requests.end(signInRequest.id)
      throw new EntraError(50020, {
        user: step.user.userPrincipalName,
        idp: v1Issuer(settings, step.user.tenantId),
        tenant: authority.tenant?.displayName ?? authority.segment,
        appId: flow.client.appId,
        appName: flow.client.name,
      })
    }
    return flow.finish({
      reply,
      form,
      identity,
      proven: step.proven,
      sessionId: sessions.stateOf(browser ?? signInRequest.id),
      frame: pageFrame,
      context,
      end: () => requests.end(signInRequest.id),
    })
  }

  /** Adds the account to the browser's session, once, and sends the new cookie. */
  function remember(reply: FastifyReply, browser: string | undefined, signInRequest: SignInRequest) {
    const { userId, ...proven } = signInRequest.proven!
    const kept = sessions.signIn(browser, { user: people.getUser(userId), ...proven })
    signInRequest.fresh = false
    reply.setCookie(SESSION_COOKIE, kept.browser, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      ...(kept.maxAgeSeconds === undefined ? {} : { maxAge: kept.maxAgeSeconds }),
    })
    return kept.browser
  }

  return {
    begin(http, begun) {
      return answering(http, begun, async (flow, authority, context) => {
        const { request, reply } = http
        if (flow.prompt === 'none') {
          const browser = request.cookies[SESSION_COOKIE]
          const sessionId = browser === undefined ? undefined : sessions.stateOf(browser)
          return (flow as AuthorizeFlow).silently(reply, frameOf(flow, authority, browser), sessionId)
        }
        const { purpose, segment, query } = begun
        const signInRequest = requests.begin(browserKey(http), { purpose, segment, query: query.toString() })
        return walk(http, signInRequest, undefined, { flow, authority, context })
      })
    },
    async advance(http, form) {
      const signInRequest = requests.find(browserKey(http), form.get('ctx') ?? '')
      if (!signInRequest) {
        return sendPage(http.reply, answers.page(new EntraError(50089), contextOf(http.request, clock)), 400)
      }
      const { purpose, segment, query } = signInRequest
      return answering(http, { purpose, segment, query: new URLSearchParams(query) }, (flow, authority, context) =>
        walk(http, signInRequest, form, { flow, authority, context }),
      )
    },
  }
}

/** "Sign in with that account": resets the sign-in to its first page, with a user name to enter. */
const beginAgain: Partial<SignInRequest> = {
  typing: true,
  namedUserId: undefined,
  proven: undefined,
  fresh: false,
  keepAsked: false,
}

/** A sign-in belongs to the browser whose anti-forgery cookie began it. */
function browserKey({ request, reply }: Http): string {
  antiForgery(request, reply)
  return request.cookies[request.canaryCookie] ?? ''
}
