import { describe, expect, it } from 'vitest'
import type { Person } from '../../../test/browser.ts'
import { GRAPH, type User } from '../../tenants/index.ts'
import { portalForTest } from '../../../test/portal.ts'
import { createPortalSite } from './portal-site.ts'

/** Status of the response for administrator, owner, another member, guest, and an administrator of another tenant. */
type Statuses = readonly [number, number, number, number, number]

const ALL: Statuses = [200, 200, 200, 200, 200]
const READ: Statuses = [200, 200, 200, 200, 404]
const READ_IF_MANAGED: Statuses = [200, 200, 403, 403, 404]
const MANAGE: Statuses = [303, 303, 403, 403, 404]
const ADMINISTER: Statuses = [303, 403, 403, 403, 404]

/** `:appId` is an application of the owner, `:id` its enterprise application, a user or a mailbox. */
const ROUTES: Record<string, Statuses> = {
  'GET /': ALL,
  'GET /directories': ALL,
  'GET /app-registrations': ALL,
  'GET /app-registrations/new': [200, 200, 200, 403, 200],
  'POST /app-registrations/new': [303, 303, 303, 403, 303],
  'GET /app-registrations/:appId': READ,
  'GET /app-registrations/:appId/delete': READ_IF_MANAGED,
  'POST /app-registrations/:appId/delete': MANAGE,
  'GET /app-registrations/:appId/branding': READ,
  'POST /app-registrations/:appId/branding': MANAGE,
  'GET /app-registrations/:appId/authentication': READ,
  'POST /app-registrations/:appId/authentication/redirect-uris': MANAGE,
  'POST /app-registrations/:appId/authentication/redirect-uris/delete': MANAGE,
  'POST /app-registrations/:appId/authentication/supported-accounts': MANAGE,
  'POST /app-registrations/:appId/authentication/settings': MANAGE,
  'GET /app-registrations/:appId/credentials': READ,
  'POST /app-registrations/:appId/credentials/secrets': MANAGE,
  'POST /app-registrations/:appId/credentials/secrets/:keyId/delete': MANAGE,
  'POST /app-registrations/:appId/credentials/certificates': [400, 400, 403, 403, 404],
  'POST /app-registrations/:appId/credentials/certificates/:keyId/delete': MANAGE,
  'GET /app-registrations/:appId/api-permissions': READ,
  'GET /app-registrations/:appId/api-permissions/add': READ_IF_MANAGED,
  'POST /app-registrations/:appId/api-permissions/add': MANAGE,
  'POST /app-registrations/:appId/api-permissions/remove': MANAGE,
  'GET /app-registrations/:appId/api-permissions/grant-admin-consent': [200, 403, 403, 403, 404],
  'POST /app-registrations/:appId/api-permissions/grant-admin-consent': ADMINISTER,
  'POST /app-registrations/:appId/api-permissions/revoke': ADMINISTER,
  'GET /app-registrations/:appId/owners': READ,
  'POST /app-registrations/:appId/owners/add': MANAGE,
  'POST /app-registrations/:appId/owners/remove': MANAGE,
  'GET /app-registrations/:appId/manifest': READ,
  'POST /app-registrations/:appId/manifest': MANAGE,
  'GET /enterprise-applications': ALL,
  'GET /enterprise-applications/:id': READ,
  'POST /enterprise-applications/:id/properties': MANAGE,
  'POST /enterprise-applications/:id/permissions/revoke': ADMINISTER,
  'POST /enterprise-applications/:id/delete': MANAGE,
  'GET /enterprise-applications/user-consent-settings': [200, 200, 200, 403, 200],
  'POST /enterprise-applications/user-consent-settings': [303, 403, 403, 403, 303],
  'GET /users': [200, 200, 200, 403, 200],
  'GET /users/:id': [200, 200, 200, 403, 404],
  'POST /users/:id/properties': ADMINISTER,
  'POST /users/:id/reset-password': ADMINISTER,
  'POST /users/:id/revoke-sessions': ADMINISTER,
  'POST /users/:id/multifactor-authentication': ADMINISTER,
  'GET /mailboxes': [200, 403, 403, 403, 200],
  'GET /mailboxes/:id': [200, 403, 403, 403, 404],
  'POST /mailboxes/:id/rights/add': ADMINISTER,
  'POST /mailboxes/:id/rights/remove': ADMINISTER,
  'POST /mailboxes/:id/applications/add': ADMINISTER,
  'POST /mailboxes/:id/applications/remove': ADMINISTER,
  'POST /mailboxes/:id/smtp-auth': ADMINISTER,
  'POST /mailboxes/:id/sent-as-copies': ADMINISTER,
  // Always changes the administrator's own organization.
  'POST /mailboxes/smtp-auth': [303, 403, 403, 403, 303],
}

/** Routes for all visitors, signed in or not. */
const OPEN = ['GET /sign-in', 'GET /signin-oidc', 'POST /sign-out', 'GET /signed-out']

describe('the permissions of the portal', () => {
  it('are listed for every address', async () => {
    const { portal } = await portalForTest(createPortalSite)
    await portal.ready()
    for (const route of [...Object.keys(ROUTES), ...OPEN]) {
      const [method, url] = route.split(' ') as ['GET', string]
      expect(portal.hasRoute({ method, url }), route).toBe(true)
    }
    const count = (portal.printRoutes({ commonPrefix: false }).match(/GET|POST/g) ?? []).length
    expect(count).toBe(Object.keys(ROUTES).length + OPEN.length)
  })

  it.each(Object.entries(ROUTES))('are enforced at %s', async (route, statuses) => {
    const answers = []
    // Each role has a separate directory, because some actions delete what the next role needs.
    for (const role of ['administrator', 'owner', 'member', 'guest', 'foreigner'] as const) {
      const world = await worldWithApplication()
      const page = await world.signedIn(world.roles[role])
      answers.push(await statusOf(world, page, route))
      expect(world.faults).toEqual([])
    }
    expect(answers).toEqual(statuses)
  })

  it.each(Object.keys(ROUTES))('require a sign-in at %s', async (route) => {
    const world = await worldWithApplication()
    world.signIn.next = undefined

    const { statusCode, headers } = await world.portal.inject(requestFor(world, route, ''))

    // Without a session there is no anti-forgery field either, so a form is refused.
    if (route.startsWith('GET'))
      expect([statusCode, headers.location]).toEqual([303, expect.stringMatching(/^\/sign-in/)])
    else expect(statusCode).toBe(403)
  })

  it.each(Object.keys(ROUTES).filter((route) => route.startsWith('POST')))(
    "require a form from the portal's own pages at %s",
    async (route) => {
      const world = await worldWithApplication()
      const page = await world.signedIn(world.ada)
      const request = { ...requestFor(world, route, ''), headers: { cookie: cookiesOf(page) } }

      const form = { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' }
      expect((await world.portal.inject({ ...request, headers: form, payload: 'canary=guess' })).statusCode).toBe(403)
      expect((await world.portal.inject(request)).statusCode).toBe(415)
      const empty = { method: 'POST', url: request.url, headers: request.headers } as const
      expect((await world.portal.inject(empty)).statusCode).toBe(415)
      for (const type of ['text/plain', 'application/json']) {
        const headers = { ...request.headers, 'content-type': type }
        expect((await world.portal.inject({ ...request, headers, payload: '{}' })).statusCode).toBe(415)
      }
    },
  )
})

type World = Awaited<ReturnType<typeof worldWithApplication>>

async function worldWithApplication() {
  const world = await portalForTest(createPortalSite)
  const { directory, contoso, ada, anna, ben, guest, carla } = world
  const application = directory.applications.add(contoso.id, { displayName: 'Mail connector' })
  directory.applications.addOwner(application.id, anna.id)
  const principal = directory.consents.addServicePrincipal(contoso.id, application)
  const roles = { administrator: ada, owner: anna, member: ben, guest, foreigner: carla } satisfies Record<string, User>
  const support = directory.people.findUserInTenant(contoso.id, 'support@contoso.example')!
  return { ...world, application, principal, support, roles }
}

/** All fields that any action reads, so that no refusal is caused by a missing field. */
const FORM = {
  displayName: 'Mail connector',
  preferredLanguage: 'en-US',
  accountEnabled: 'true',
  password: 'long enough',
  platform: 'web',
  redirectUri: 'https://contoso.example/new',
  uri: 'https://contoso.example/new',
  signInAudience: 'AzureADMyOrg',
  expires: '180',
  manifest: '{}',
  userConsent: 'allow',
  api: GRAPH.appId,
  type: 'Scope',
  permission: 'e383f46e-2787-4529-855e-0e479a3ffac0',
  value: 'Mail.Send',
  right: 'SendAs',
  smtpAuth: 'on',
}

function requestFor(world: World, route: string, canary: string) {
  const [method, pattern] = route.split(' ') as ['GET' | 'POST', string]
  const { application, principal, support, ben } = world
  const id = pattern.startsWith('/enterprise') ? principal.id : support.id
  const url = pattern.replace(':appId', application.appId).replace(':id', id).replace(':keyId', 'none')
  if (method === 'GET') return { method, url }
  const payload = new URLSearchParams({
    ...FORM,
    appId: application.appId,
    userId: ben.id,
    trusteeId: ben.id,
    canary,
  }).toString()
  return { method, url, payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
}

async function statusOf(world: World, page: Person, route: string): Promise<number> {
  const request = requestFor(world, route, page.valueOf('canary'))
  const answer = await world.portal.inject({ ...request, headers: { ...request.headers, cookie: cookiesOf(page) } })
  return answer.statusCode
}

function cookiesOf(page: Person): string {
  return Object.entries(page.cookies())
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}
