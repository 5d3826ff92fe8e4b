/** Registers the addresses of Entra ID with their handlers. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { html } from '../kernel/html.ts'
import { page } from '../kernel/page.ts'
import type { Settings } from '../kernel/settings.ts'
import { readForm, registerPages, sendPage } from '../kernel/site.ts'
import type { People } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { authorityOf } from './authority.ts'
import { readCredentials } from './client-authentication.ts'
import type { DeviceCodes } from './device-codes.ts'
import type { DeviceEndpoint } from './device-endpoint.ts'
import { addDeviceRoutes } from './device-routes.ts'
import { discoveryDocument, instanceDocument } from './discovery.ts'
import { registerDisturbedRequests } from './disturbed-requests.ts'
import { type ErrorAnswers, errorLookUpPage, SITE_NAME } from './error-answers.ts'
import type { Grants } from './grants.ts'
import type { Introspection } from './introspection.ts'
import { type Logout, nativeClientPage, signedOutPage } from './logout.ts'
import { contextOf } from './request-context.ts'
import { SESSION_COOKIE, type SignInWalk } from './sign-in-walk.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { addTokenHeaders } from './token-headers.ts'

export interface EntraSiteDeps {
  clock: Clock
  settings: Settings
  people: People
  keys: SigningKeys
  answers: ErrorAnswers
  walk: SignInWalk
  tokenEndpoint: TokenEndpoint
  introspection: Introspection
  logout: Logout
  grants: Grants
  devices: DeviceCodes
  deviceEndpoint: DeviceEndpoint
  faults: FaultsAsked
  report: (error: unknown) => void
}

type InTenant = { Params: { tenant: string } }

const FOR_PROGRAMS = /\/oauth2\/v2\.0\/(token|devicecode)|\/\.well-known\/|\/discovery\//i
const BODY_LIMIT_BYTES = 64 * 1024
const forPrograms = { config: { antiForgery: false } }

export function createEntraSite(deps: EntraSiteDeps): FastifyInstance {
  const site = fastify({ bodyLimit: BODY_LIMIT_BYTES, routerOptions: { maxParamLength: 500 } })
  // Any body that is not a form counts as an empty form, so the response names the missing parameter.
  site.removeAllContentTypeParsers()
  registerPages(site, { name: 'entra', title: SITE_NAME })
  // Clients compare their clock with the `Date` header (RFC 9110 §6.6.1). Browsers would adjust the expiry of cookies
  // by it.
  site.addHook('onRequest', async ({ url }, reply) => {
    if (FOR_PROGRAMS.test(url)) reply.header('date', deps.clock.now().toUTCString())
  })
  site.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, undefined))
  site.setNotFoundHandler((_request, reply) => sendPage(reply, notFoundPage(), 404))
  site.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    if (error instanceof EntraError) return answerError(request, reply, error)
    const status = error.statusCode ?? 500
    if (status >= 500) deps.report(error)
    return answerBroken(request, reply, status)
  })

  /** Answers an error thrown outside a route: JSON for programs, a page for browsers. */
  function answerError(request: FastifyRequest, reply: FastifyReply, error: EntraError): FastifyReply {
    const context = contextOf(request, deps.clock)
    reply.code(deps.answers.status(error)).headers(error.headers)
    if (FOR_PROGRAMS.test(request.url)) return reply.send(deps.answers.body(error, context))
    return sendPage(reply, deps.answers.page(error, context), deps.answers.status(error))
  }

  function answerBroken(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
    const malformed = new EntraError(status < 500 ? 9002313 : 90033)
    const context = contextOf(request, deps.clock)
    if (request.url.includes('/oauth2/v2.0/token')) {
      return reply.code(status).send(deps.answers.body(malformed, context))
    }
    return sendPage(reply, deps.answers.page(malformed, context), status)
  }

  site.register(async (routes) => {
    const disturbed = registerDisturbedRequests(routes, deps)
    addMetadata(routes, deps)
    addSignIn(routes, deps)
    addToken(routes, deps, disturbed)
    addDeviceRoutes(routes, { ...deps, subjectOf: disturbed.subjectOf })
    addIntrospection(routes, deps)
    addPages(routes, deps)
  })
  return site
}

/** Registers discovery, keys and instance discovery, readable by scripts of any origin. */
function addMetadata(routes: FastifyInstance, deps: EntraSiteDeps): void {
  const { settings, keys, answers, clock, faults } = deps
  const open = (reply: FastifyReply) =>
    reply.headers({ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, OPTIONS' })

  routes.get<InTenant>('/:tenant/v2.0/.well-known/openid-configuration', (request, reply) => {
    try {
      const document = discoveryDocument(authorityOf(deps, request.params.tenant, 'discovery'), settings)
      return open(reply).header('cache-control', 'max-age=86400, private').send(document)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      const body = answers.body(error, contextOf(request, clock))
      return open(reply)
        .code(400)
        .send({ ...body, error: 'invalid_tenant' })
    }
  })
  const sendKeys = (request: FastifyRequest<InTenant>, reply: FastifyReply) => {
    try {
      const authority = authorityOf(deps, request.params.tenant, 'keys')
      faults.ask('entra.signing-key', { call: 'keys', tenantId: authority.tenant?.id })
      const published = keys.published(authority.tenant?.id)
      return open(reply).header('cache-control', 'max-age=86400, private').send(published)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      return open(reply)
        .code(400)
        .send(answers.body(error, contextOf(request, clock)))
    }
  }
  routes.get<InTenant>('/:tenant/discovery/v2.0/keys', sendKeys)
  routes.get<InTenant>('/:tenant/discovery/keys', sendKeys)
  routes.get<{ Querystring: { authorization_endpoint?: string } }>('/common/discovery/instance', (request, reply) =>
    open(reply).send(instanceDocument(String(request.query.authorization_endpoint), settings)),
  )
}

function addSignIn(routes: FastifyInstance, { walk }: EntraSiteDeps): void {
  const begin =
    (purpose: Parameters<SignInWalk['begin']>[1]['purpose']) =>
    (request: FastifyRequest<InTenant>, reply: FastifyReply) =>
      walk.begin({ request, reply }, { purpose, segment: request.params.tenant, query: queryOf(request) })

  routes.get<InTenant>('/:tenant/oauth2/v2.0/authorize', begin('authorize'))
  // A posted request comes from the client's site, and the browser then sends no cookie of the login host. Redirects to
  // the same request by GET.
  routes.post<InTenant>('/:tenant/oauth2/v2.0/authorize', forPrograms, (request, reply) => {
    const query = queryOf(request)
    for (const [name, value] of readForm(request)) query.append(name, value)
    const { tenant } = request.params
    return reply.redirect(`/${encodeURIComponent(tenant)}/oauth2/v2.0/authorize?${query.toString()}`, 303)
  })
  routes.get<InTenant>('/:tenant/v2.0/adminconsent', begin('admin-consent'))
  routes.get<InTenant>('/:tenant/adminconsent', begin('admin-consent-v1'))
  routes.post<InTenant>('/:tenant/login', (request, reply) => walk.advance({ request, reply }, readForm(request)))
}

function addToken(
  routes: FastifyInstance,
  deps: EntraSiteDeps,
  { subjectOf, cut }: ReturnType<typeof registerDisturbedRequests>,
): void {
  const { answers, clock, tokenEndpoint, faults } = deps

  async function answer(request: FastifyRequest<InTenant>, reply: FastifyReply): Promise<FastifyReply> {
    const context = contextOf(request, clock)
    addTokenHeaders(request, reply, context.traceId)
    try {
      const subject = subjectOf(request)
      const authority = authorityOf(deps, request.params.tenant, subject.call)
      if (request.method !== 'POST') {
        throw new EntraError(900561, { allowed: 'POST', method: request.method })
      }
      const { authorization, origin } = request.headers
      const body = await tokenEndpoint.answer({ authority, form: readForm(request), authorization, origin, subject })
      if ('id_token' in body) faults.ask('entra.signing-key', subject)
      if (faults.ask('entra.answer', subject)) return await cut(request, reply)
      return await reply.header('x-ms-clitelem', '1,0,0,,').send(body)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      return reply
        .code(answers.status(error))
        .headers(error.headers)
        .header('x-ms-clitelem', `1,${error.code},0,,`)
        .send(answers.body(error, context))
    }
  }

  routes.post<InTenant>('/:tenant/oauth2/v2.0/token', forPrograms, answer)
  routes.get<InTenant>('/:tenant/oauth2/v2.0/token', answer)
  routes.options<InTenant>('/:tenant/oauth2/v2.0/token', forPrograms, (request, reply) => {
    addTokenHeaders(request, reply, randomUUID())
    return reply.code(204).send()
  })
}

function addIntrospection(routes: FastifyInstance, { introspection }: EntraSiteDeps): void {
  routes.post('/introspect', forPrograms, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { clientId, secret } = readCredentials(new URLSearchParams(), request.headers.authorization)
    if (!introspection.isAllowed(clientId, secret)) {
      return reply.code(401).header('www-authenticate', 'Basic realm="introspection"').send({ error: 'invalid_client' })
    }
    const protocol = request.headers['x-dovecot-auth-protocol']
    const named = typeof protocol === 'string' ? protocol.toLowerCase() : undefined
    return introspection.introspect(readForm(request).get('token') ?? '', named)
  })
}

function addPages(routes: FastifyInstance, { logout }: EntraSiteDeps): void {
  const signOut = (request: FastifyRequest, reply: FastifyReply) => {
    const query = queryOf(request)
    for (const [name, value] of readForm(request)) query.append(name, value)
    const target = logout.signOut(query, request.cookies[SESSION_COOKIE])
    return target === undefined ? sendPage(reply, signedOutPage()) : reply.redirect(target, 302)
  }
  routes.get('/:tenant/oauth2/v2.0/logout', signOut)
  routes.post('/:tenant/oauth2/v2.0/logout', forPrograms, signOut)
  routes.get('/:tenant/oauth2/nativeclient', (_request, reply) => sendPage(reply, nativeClientPage()))
  routes.get('/error', (request, reply) =>
    sendPage(reply, errorLookUpPage(queryOf(request).get('code')?.slice(0, 20) ?? undefined)),
  )
}

/** The raw query. Fastify's own parsing would turn repeated names into lists. */
function queryOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(request.url.split('?').slice(1).join('?'))
}

function notFoundPage() {
  return page({
    title: 'Not found',
    site: SITE_NAME,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>There is nothing at this address</h1>
      <p>The endpoints of Microsoft’s identity platform (v2.0) are here; those of Azure AD v1.0 are not.</p>
    </div>`,
  })
}
