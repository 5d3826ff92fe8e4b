import fastify, { type FastifyInstance } from 'fastify'
import { type Faults, FaultsError, registerFaultPages, registerFaultsApi } from '../faults/index.ts'
import type { MovableClock } from '../kernel/clock.ts'
import { html } from '../kernel/html.ts'
import type { MailServers, Settings } from '../kernel/settings.ts'
import { registerPages, sendPage } from '../kernel/site.ts'
import { type Outside, OutsideError, registerOutsideApi, registerOutsidePages } from '../outside/index.ts'
import type { Directory } from '../tenants/index.ts'
import { registerApplicationAccess } from './application-access.ts'
import { registerAuthenticator } from './authenticator.ts'
import { registerClock } from './clock-page.ts'
import { layoutFor, SITE_TITLE } from './control-panel-page.ts'
import { homePage } from './home-page.ts'
import { registerMailboxAddresses } from './mailbox-addresses.ts'
import { registerMailboxPermissions } from './mailbox-permissions.ts'
import { registerNewMailboxes } from './new-mailboxes.ts'
import { registerOwnRequests } from './own-requests.ts'
import { toMailAddress, readRoster } from './roster.ts'

export interface ControlPanelDependencies {
  clock: MovableClock
  directory: Directory
  outside: Outside
  faults: Faults
  settings: Settings
  mailServers?: MailServers
  report: (error: unknown) => void
}

export function createControlPanelSite({
  clock,
  directory,
  outside,
  faults,
  settings,
  mailServers,
  report,
}: ControlPanelDependencies): FastifyInstance {
  const site = fastify({ routerOptions: { maxParamLength: 500 } })
  registerOwnRequests(site, settings)
  registerPages(site, { name: 'control-panel', title: SITE_TITLE })

  void site.register(async (scope) => {
    scope.get('/', (_request, reply) =>
      sendPage(
        reply,
        layoutFor('/')({ title: 'Control panel', body: homePage({ ...settings, mailServers }, readRoster(directory)) }),
      ),
    )
    scope.get('/healthz', () => ({ status: 'ok' }))
    scope.get('/api/addresses', () => ({ ...settings.listening, ...mailServers }))
    scope.get('/api/people', () => ({ people: peopleForScripts(directory) }))
    registerAuthenticator(scope, { directory, clock, layout: layoutFor('/authenticator') })
    registerApplicationAccess(scope, directory)
    registerMailboxPermissions(scope, directory)
    registerMailboxAddresses(scope, directory)
    registerNewMailboxes(scope, directory)
    registerClock(scope, { clock, layout: layoutFor('/clock') })
    registerFaultPages(scope, { faults, directory, layout: layoutFor('/faults') })
  })
  void site.register(async (scope) => registerOutsideApi(scope, outside))
  void site.register(async (scope) => registerFaultsApi(scope, faults))
  void site.register(async (scope) =>
    registerOutsidePages(scope, {
      outside,
      mailboxes: () => readRoster(directory).mailboxes.map(({ user }) => toMailAddress(user)),
      address: settings.listening.controlPanel,
      layout: layoutFor('/outside'),
    }),
  )

  site.setNotFoundHandler((request, reply) => answer(request.url, 404, 'This page does not exist.', reply))
  site.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status =
      error instanceof OutsideError || error instanceof FaultsError ? error.status : (error.statusCode ?? 500)
    if (status >= 500) report(error)
    const message = status >= 500 ? 'Internal error of the sandbox. See its terminal for details.' : error.message
    return answer(request.url, status, message, reply)
  })

  function answer(url: string, status: number, message: string, reply: Parameters<typeof sendPage>[0]) {
    if (url.startsWith('/api/')) return reply.code(status).send({ error: { message } })
    const body = html`<h1>${status === 404 ? 'Not found' : 'Request failed'}</h1>
      <p>${message}</p>
      <p><a href="/">Back to the control panel</a></p>`
    return sendPage(reply, layoutFor('')({ title: 'Request failed', body }), status)
  }
  return site
}

function peopleForScripts(directory: Directory) {
  const { persons, mailboxes } = readRoster(directory)
  return persons.map(({ tenant, user, home }) => ({
    id: user.id,
    displayName: user.displayName,
    userPrincipalName: user.userPrincipalName,
    mail: user.mail ?? null,
    tenantId: tenant.id,
    tenant: tenant.displayName,
    password: user.password ?? null,
    mfa: user.mfaSecret !== undefined,
    globalAdministrator: user.globalAdministrator,
    home: home ? toMailAddress(home) : null,
    mailboxes: mailboxes.flatMap((mailbox) => {
      const rights = mailbox.rights.filter(({ trustee }) => trustee.id === user.id).map(({ right }) => right)
      const isOwn = mailbox.user.id === user.id
      return isOwn || rights.length > 0
        ? [{ address: toMailAddress(mailbox.user), kind: mailbox.kind, isOwn, rights }]
        : []
    }),
  }))
}
