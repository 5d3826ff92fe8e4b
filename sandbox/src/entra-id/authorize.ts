import type { FastifyReply } from 'fastify'
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import { sendPage } from '../kernel/site.ts'
import type { Directory } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { type Authority, type Identity, identityIn, isPersonal } from './authority.ts'
import { type AuthorizeRequest, type Caller, readAuthorizeRequest } from './authorize-request.ts'
import { takeConsent } from './consent-step.ts'
import type { Consent } from './consent.ts'
import { planConsent } from './consent-plan.ts'
import type { ErrorAnswers } from './error-answers.ts'
import type { SignInFlow, Visit } from './sign-in-flow.ts'
import type { Grants } from './grants.ts'
import { issueIdToken } from './id-tokens.ts'
import type { RequestContext } from './request-context.ts'
import type { SignIn, SignInFrame } from './sign-in.ts'
import type { SigningKeys } from './signing-keys.ts'
import { createClientInfo } from './token-answers.ts'
import { goBack, type RedirectTarget } from './redirect-target.ts'

export interface AuthorizeDeps {
  clock: Clock
  settings: Settings
  directory: Directory
  answers: ErrorAnswers
  consent: Consent
  grants: Grants
  keys: SigningKeys
  signIn: SignIn
  faults: FaultsAsked
}

/** A completed sign-in, for which a code is issued. */
type SignedIn = Pick<Visit, 'identity' | 'proven' | 'sessionId'>

/** Handles the authorization endpoint: consent, then a code (and an ID token, when requested). */
export interface AuthorizeFlow extends SignInFlow {
  /** Handles `prompt=none`: responds without any page. @throws {EntraError} for the redirect URI */
  silently(reply: FastifyReply, frame: SignInFrame, sessionId: string | undefined): Promise<FastifyReply>
}

/** @throws {EntraError} when the request is invalid; the error goes to the redirect URI */
export function createAuthorizeFlow(
  query: URLSearchParams,
  authority: Authority,
  caller: Caller,
  deps: AuthorizeDeps,
): AuthorizeFlow {
  const { answers, directory } = deps
  const { client, redirectTarget } = caller
  const request = readAuthorizeRequest(query, authority, caller)

  const planFor = (identity: Identity, askAgain: boolean) =>
    planConsent({ call: 'authorize', client, identity, scopes: request.scopes, askAgain }, deps)

  async function finish(visit: Visit): Promise<FastifyReply> {
    const { reply, identity } = visit
    const plan = planFor(identity, request.prompt === 'consent')
    const page = plan.kind === 'granted' ? undefined : takeConsent(visit, plan, client, deps)
    if (page) return sendPage(reply, page)
    return leave(reply, visit)
  }

  function leave(reply: FastifyReply, visit: Visit): Promise<FastifyReply> {
    visit.end()
    return complete(reply, visit)
  }

  async function complete(reply: FastifyReply, signedIn: SignedIn): Promise<FastifyReply> {
    return goBack(reply, redirectTarget, await success(request, signedIn, deps))
  }

  return {
    client,
    prompt: request.prompt,
    loginHint: request.loginHint,
    domainHint: request.domainHint,
    cancel: (reply, step, context) => goBack(reply, redirectTarget, cancellation(step, answers, context)),
    refuse: (reply, error, context) => refuse(reply, redirectTarget, error, answers, context),
    finish,
    async silently(reply, frame, sessionId) {
      const account = deps.signIn.silently(frame)
      const identity = identityIn(directory.people, account.user, authority)
      if (!identity || sessionId === undefined) throw new EntraError(50058)
      const plan = planFor(identity, false)
      if (plan.kind !== 'granted') {
        const instead = { error: 'consent_required', suberror: undefined }
        throw new EntraError(65001, { appId: client.appId, appName: client.name }, { instead })
      }
      return complete(reply, { identity, proven: { ...account, userId: account.user.id }, sessionId })
    },
  }
}

async function success(
  request: AuthorizeRequest,
  { identity, proven, sessionId }: SignedIn,
  { clock, settings, keys, grants }: AuthorizeDeps,
): Promise<Record<string, string>> {
  const { client, redirect, redirectUri, scopes, nonce, codeChallenge, codeChallengeMethod } = request
  const code = !request.wantsCode
    ? undefined
    : grants.issueCode({
        appId: client.appId,
        homeUserId: identity.home.id,
        tenantId: identity.tenant.id,
        platform: redirect.platform,
        scope: scopes.text,
        authenticatedAt: proven.authenticatedAt,
        mfa: proven.mfa,
        keepSignedIn: proven.keepSignedIn,
        sessionId,
        personal: isPersonal(identity.home),
        redirectUri,
        nonce,
        codeChallenge,
        codeChallengeMethod,
      })
  const idToken = !request.wantsIdToken
    ? undefined
    : await issueIdToken(
        {
          client,
          identity,
          oidc: scopes.oidc,
          nonce,
          sessionId,
          authenticatedAt: proven.authenticatedAt,
          ...(code === undefined ? {} : { code }),
        },
        { clock, keys, settings },
      )
  return {
    ...(code === undefined ? {} : { code }),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(request.wantsClientInfo ? { client_info: createClientInfo(identity) } : {}),
    session_state: sessionId,
  }
}

/** Parameters of a canceled sign-in. `error_description` is present only when the user canceled the consent page. */
function cancellation(step: string | null, answers: ErrorAnswers, context: RequestContext): Record<string, string> {
  const code = step === 'consent' ? 65004 : step === 'needs-admin' ? 90094 : undefined
  const declined = code === undefined ? { error: 'access_denied' } : answers.parameters(new EntraError(code), context)
  return { ...declined, error_subcode: 'cancel' }
}

export function refuse(
  reply: FastifyReply,
  redirectTarget: RedirectTarget,
  error: EntraError,
  answers: ErrorAnswers,
  context: RequestContext,
): FastifyReply {
  return goBack(reply, redirectTarget, answers.parameters(error, context))
}
