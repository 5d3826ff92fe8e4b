import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import { html } from '../../kernel/html.ts'
import type { Settings } from '../../kernel/settings.ts'
import { registerPages, sendPage } from '../../kernel/site.ts'
import type { Directory } from '../../tenants/index.ts'
import { registerApiPermissions } from './api-permissions.ts'
import { registerAppRegistrations } from './app-registrations.ts'
import { registerAuthentication } from './authentication.ts'
import { registerBranding } from './branding-page.ts'
import { registerConsentSettings } from './consent-settings.ts'
import { registerCredentials } from './credentials.ts'
import { registerEnterpriseApplications } from './enterprise-applications.ts'
import { registerHome } from './home.ts'
import { registerMailboxes } from './mailboxes.ts'
import { registerManifest } from './manifest.ts'
import { registerOwners } from './owners.ts'
import { plainPage, SITE_TITLE } from './portal-page.ts'
import { createSessions } from './sessions.ts'
import { CALLBACK_PATH, createSignIn, SignInFault } from './sign-in.ts'
import { registerRequestPermissions } from './request-permissions.ts'
import { acceptUploads } from './uploads.ts'
import { registerUsers } from './users.ts'
import { type PageDeps, type PageHandler, Refusal, createVisit } from './visit.ts'

export interface PortalSiteDeps {
  clock: Clock
  directory: Directory
  settings: Settings
  /** Receives internal errors of the sandbox. */
  report: (error: unknown) => void
  /** Sends the portal's own requests to Entra ID; uses the network by default. */
  fetch?: typeof globalThis.fetch
}

/** Maximum size of a form; the largest is a manifest. */
const LARGEST_FORM_BYTES = 512 * 1024
const SESSION_COOKIE = 'portal-session'
const BROWSER_COOKIE = 'portal-browser'

export function createPortalSite({ clock, directory, settings, report, fetch }: PortalSiteDeps): FastifyInstance {
  const site = fastify({
    bodyLimit: LARGEST_FORM_BYTES,
    routerOptions: { ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    frameworkErrors: (_error, _request, reply) => void sendPage(reply, nothingHere(), 404),
  })
  const sessions = createSessions(clock, directory)
  const signIn = createSignIn({ clock, directory, settings, fetch })
  const cookieOptions = {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: settings.named.portal.startsWith('https:'),
  } as const

  // Only forms are posted to this site.
  site.removeAllContentTypeParsers()
  registerPages(site, { name: 'portal', title: SITE_TITLE })
  acceptUploads(site)
  site.setNotFoundHandler((_request, reply) => sendPage(reply, nothingHere(), 404))
  site.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const { statusCode = 500 } = error
    if (statusCode < 500) return sendPage(reply, plainPage('Invalid request', ''), statusCode)
    report(error)
    const body = html`<p>Internal error of the sandbox. See its log for details. No data was changed.</p>`
    return sendPage(reply, plainPage('Sandbox error', body), 500)
  })

  site.get('/sign-in', (request, reply) => {
    const { tenant, return: returnTo, hint, prompt } = request.query as Record<string, unknown>
    const browser = request.cookies[BROWSER_COOKIE] ?? randomBytes(32).toString('base64url')
    reply.setCookie(BROWSER_COOKIE, browser, cookieOptions)
    const target = signIn.begin({
      browser,
      tenant: text(tenant),
      returnTo: text(returnTo),
      hint: text(hint),
      prompt: prompt === 'select_account' ? 'select_account' : undefined,
    })
    return reply.redirect(target)
  })

  site.get(CALLBACK_PATH, async (request, reply) => {
    const answer = new URLSearchParams(request.url.split('?')[1] ?? '')
    try {
      const { person, returnTo } = await signIn.complete(request.cookies[BROWSER_COOKIE], answer)
      sessions.end(request.cookies[SESSION_COOKIE])
      reply.setCookie(SESSION_COOKIE, sessions.start(person).id, cookieOptions)
      return await reply.redirect(returnTo)
    } catch (error) {
      if (!(error instanceof SignInFault)) throw error
      const body = html`<p>${error.message}</p>
        <div class="actions"><a class="button primary" href="/sign-in?prompt=select_account">Sign in again</a></div>`
      return sendPage(reply, plainPage('You are not signed in', body), 400)
    }
  })

  site.post('/sign-out', (request, reply) => {
    const signedIn = sessions.find(request.cookies[SESSION_COOKIE])
    sessions.end(request.cookies[SESSION_COOKIE])
    reply.clearCookie(SESSION_COOKIE, cookieOptions)
    return reply.redirect(signedIn ? signIn.signOutUrl(signedIn.person) : '/signed-out', 303)
  })

  site.get('/signed-out', (_request, reply) => {
    const body = html`<p>You can close this window.</p>
      <div class="actions"><a class="button primary" href="/sign-in">Sign in again</a></div>`
    return sendPage(reply, plainPage('You are signed out', body))
  })

  const pages: PageDeps = {
    clock,
    directory,
    settings,
    get: (path, page) => void site.get(path, (request, reply) => answer(request, reply, page)),
    post: (path, action) => void site.post(path, (request, reply) => answer(request, reply, action)),
  }

  /**
   * Handles a request of a signed-in user. Redirects others to the sign-in; after a GET, the sign-in returns to the
   * same page.
   */
  async function answer(request: FastifyRequest, reply: FastifyReply, page: PageHandler): Promise<FastifyReply> {
    const signedIn = sessions.find(request.cookies[SESSION_COOKIE])
    if (!signedIn) {
      const back = request.method === 'GET' ? `?return=${encodeURIComponent(request.url)}` : ''
      return reply.redirect(`/sign-in${back}`, 303)
    }
    const visit = createVisit(request, reply, signedIn, { directory, login: new URL(settings.named.login).origin })
    try {
      return await page(visit)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const title = error.status === 404 ? 'Not found' : 'No access'
      return visit.show({ title, body: html`<p>${error.message}</p>` }, error.status)
    }
  }

  registerHome(pages)
  registerAppRegistrations(pages)
  registerBranding(pages)
  registerAuthentication(pages)
  registerCredentials(pages)
  registerApiPermissions(pages)
  registerRequestPermissions(pages)
  registerOwners(pages)
  registerManifest(pages)
  registerEnterpriseApplications(pages)
  registerConsentSettings(pages)
  registerUsers(pages)
  registerMailboxes(pages)
  return site
}

function nothingHere() {
  return plainPage('Not found', html`<p>This page does not exist. <a href="/">Overview</a></p>`)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 2000 ? value : undefined
}
