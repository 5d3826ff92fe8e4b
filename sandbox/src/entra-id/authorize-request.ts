import type { FaultsAsked, Subject } from '../faults/index.ts'
import { EntraError } from './aadsts.ts'
import type { Authority } from './authority.ts'
import { given } from './client-authentication.ts'
import { checkFaults } from './fault-checks.ts'
import type { Client, Clients } from './clients.ts'
import { type RegisteredRedirect, listRedirects, withSlash } from './redirect-uris.ts'
import { readScopes, type ScopeRequest } from './scopes.ts'
import { readsClaimsChallenges } from './token-answers.ts'
import { echoedState, type ResponseMode, type RedirectTarget } from './redirect-target.ts'

export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const
export type Prompt = (typeof PROMPTS)[number]

/** An authorization request whose client and redirect URI have been checked. */
export interface AuthorizeRequest {
  authority: Authority
  client: Client
  redirect: RegisteredRedirect
  /** Redirect URI as sent; the token endpoint requires the same value. */
  redirectUri: string
  wantsCode: boolean
  wantsIdToken: boolean
  scopes: ScopeRequest
  nonce: string | undefined
  prompt: Prompt | undefined
  loginHint: string | undefined
  domainHint: string | undefined
  codeChallenge: string | undefined
  codeChallengeMethod: 'S256' | 'plain'
  wantsClientInfo: boolean
}

/** The client of a request and its redirect URI. Errors in either are shown on a page and never redirected. */
export interface Caller {
  client: Client
  redirect: RegisteredRedirect
  redirectUri: string
  redirectTarget: RedirectTarget
}

/** Longer than the query of any client; Microsoft has a limit, too. */
const LONGEST_QUERY = 16 * 1024

/** @throws {EntraError} 90015, 900144, 700016, 50194, 9002331, 9002332, 500113, 50011: shown on a page */
export function readCaller(
  query: URLSearchParams,
  authority: Authority,
  { clients, faults }: { clients: Clients; faults: FaultsAsked },
): Caller {
  if (query.toString().length > LONGEST_QUERY) throw new EntraError(90015)
  const appId = given(query, 'client_id')
  if (appId === undefined) throw new EntraError(900144, { name: 'client_id' })
  const subject: Subject = { call: 'authorize', tenantId: authority.tenant?.id, appId: appId.toLowerCase() }
  const client = clients.get(appId, authority, subject)
  const { redirect, redirectUri } = readRedirect(query, client)
  checkFaults(faults, 'entra.redirect-uri', subject, { redirectUri, appId: client.appId })
  const mode = readMode(query)
  const uri = mode === 'form_post' ? redirectUri : withSlash(redirectUri)
  return { client, redirect, redirectUri, redirectTarget: { uri, mode, state: echoedState(given(query, 'state')) } }
}

/** Without the parameter, the first registered redirect URI applies. */
function readRedirect(query: URLSearchParams, client: Client) {
  const sent = given(query, 'redirect_uri')
  if (!client.firstParty && listRedirects(client.application).length === 0) throw new EntraError(500113)
  const redirectUri = sent ?? listRedirects(client.application)[0]?.uri
  if (redirectUri === undefined) throw new EntraError(900144, { name: 'redirect_uri' })
  const redirect = client.findRedirect(redirectUri)
  if (!redirect) throw new EntraError(50011, { redirectUri, appId: client.appId })
  return { redirect, redirectUri }
}

function responseTypesOf(query: URLSearchParams): Set<string> {
  return new Set(given(query, 'response_type')?.split(/\s+/).filter(Boolean))
}

/** An unknown response mode is an error, sent in the default mode. */
function readMode(query: URLSearchParams): ResponseMode {
  const mode = given(query, 'response_mode')
  const types = responseTypesOf(query)
  const tokensInFront = types.has('id_token') || types.has('token')
  if (mode === 'form_post' || mode === 'fragment' || (mode === 'query' && !tokensInFront)) return mode
  return tokensInFront ? 'fragment' : 'query'
}

/** Reads the remaining parameters. @throws {EntraError} when one is invalid; the error goes to the redirect URI */
export function readAuthorizeRequest(query: URLSearchParams, authority: Authority, caller: Caller): AuthorizeRequest {
  const { client, redirect, redirectUri } = caller
  const types = checkResponseType(query, client)
  checkResponseMode(query, types)
  if (given(query, 'resource') !== undefined) throw new EntraError(901002)

  const scope = given(query, 'scope')
  if (scope === undefined || scope.trim() === '') throw new EntraError(900144, { name: 'scope' })
  const tenant = authority.tenant?.displayName ?? authority.segment
  const scopes = readScopes(scope, { appName: client.name, tenant })
  const wantsIdToken = types.has('id_token')
  if (wantsIdToken && !scopes.oidc.has('openid')) throw new EntraError(70005, { responseType: 'id_token' })
  const nonce = given(query, 'nonce')
  if (wantsIdToken && nonce === undefined) throw new EntraError(900144, { name: 'nonce' })
  readsClaimsChallenges(given(query, 'claims'))

  return {
    authority,
    client,
    redirect,
    redirectUri,
    wantsCode: types.has('code'),
    wantsIdToken,
    scopes,
    nonce,
    prompt: readPrompt(given(query, 'prompt')),
    loginHint: given(query, 'login_hint'),
    domainHint: given(query, 'domain_hint'),
    ...readChallenge(query),
    wantsClientInfo: given(query, 'client_info') === '1',
  }
}

function checkResponseType(query: URLSearchParams, client: Client): Set<string> {
  const types = responseTypesOf(query)
  const responseType = [...types].join(' ')
  if (types.size === 0) throw new EntraError(900144, { name: 'response_type' })
  if (![...types].every((type) => ['code', 'id_token'].includes(type))) throw new EntraError(70005, { responseType })
  const { enableIdTokenIssuance } = client.application.web.implicitGrantSettings
  if (types.has('id_token') && !enableIdTokenIssuance) throw new EntraError(700054, { responseType: 'id_token' })
  return types
}

function checkResponseMode(query: URLSearchParams, types: ReadonlySet<string>): void {
  const responseMode = given(query, 'response_mode')
  if (responseMode === undefined) return
  const known = ['query', 'fragment', 'form_post'].includes(responseMode)
  if (!known || (responseMode === 'query' && types.has('id_token'))) throw new EntraError(70007, { responseMode })
}

function readPrompt(prompt: string | undefined): Prompt | undefined {
  if (prompt === undefined) return undefined
  const known = PROMPTS.find((candidate) => candidate === prompt)
  if (!known) throw new EntraError(90023, { reason: "Unsupported 'prompt' value." })
  return known
}

/** A challenge without a method counts as `plain`. Both kinds are 43 to 128 characters long (RFC 7636 §4). */
function readChallenge(query: URLSearchParams): Pick<AuthorizeRequest, 'codeChallenge' | 'codeChallengeMethod'> {
  const codeChallenge = given(query, 'code_challenge')
  const method = given(query, 'code_challenge_method')
  if (method !== undefined && method !== 'S256' && method !== 'plain') throw new EntraError(501491)
  if (codeChallenge === undefined && method !== undefined) throw new EntraError(501491)
  if (codeChallenge !== undefined && !/^[\w.~-]{43,128}$/.test(codeChallenge)) throw new EntraError(501491)
  return { codeChallenge, codeChallengeMethod: method ?? 'plain' }
}
