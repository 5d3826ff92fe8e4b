/** From an unused Postkey to an associated shared mailbox: the steps A to D, by API and forms. */
import { createPerson, overHttp, type Person } from '../../sandbox/test/browser.ts'
import {
  allowUserConsent,
  registerApplication,
  signInAs,
  type Registration,
  type RegistrationOrder,
} from './microsoft-pages.ts'
import { createPostkeyClient, type EventEar, type PostkeyClient } from './postkey-client.ts'
import type { StartedPostkey } from './started-postkey.ts'
import { expectThat, type Steps } from './steps.ts'

export type Mode = 'admin-consent' | 'user-consent'

export const SHARED = 'support@contoso.example'
export const ADMIN = { name: 'Olga', email: 'olga@contoso.example', password: 'a walk through the woods' }

export interface Connected {
  client: PostkeyClient
  ear: EventEar
  /** One browser for Postkey and Microsoft, as people have it. */
  browser: Person
  redirectUri: string
  registration: Registration
  providerId: string
  accountId: string
  /** When the mailbox was associated: milliseconds since 1970. */
  associatedAt: number
}

export async function connectSupport(
  step: Steps,
  { address, firstAdminLink, sandbox }: StartedPostkey,
  mode: Mode,
): Promise<Connected> {
  const client = createPostkeyClient(address)
  const redirectUri = `${address}/oauth/callback`
  const reachMicrosoft = overHttp(Object.values(sandbox).map((url) => new URL(url).origin))
  const browser = createPerson((request) =>
    new URL(request.url).origin === address ? client.visit(request) : reachMicrosoft(request),
  )
  const isBack = (url: string) => url.startsWith(redirectUri)

  await step('first admin', async () => {
    const token = new URL(firstAdminLink).hash.slice(1)
    const link = await client.call<{ kind: string }>('POST', '/v1/links/preview', { token })
    expectThat(link.kind === 'first-admin', 'the printed link is for the first admin', link)
    await client.call('POST', '/v1/links/accept', { token, ...ADMIN })
  })
  await step('session', async () => {
    await client.call('DELETE', '/v1/session')
    await client.call('POST', '/v1/session', { email: ADMIN.email, password: ADMIN.password })
    const who = await client.call<{ role: string }>('GET', '/v1/session')
    expectThat(who.role === 'admin', 'an admin is signed in', who)
  })
  const ear = await client.listen()

  const order = await step('work order', async () => {
    const body = {
      cloud: 'sandbox',
      accountTypes: 'single-tenant',
      receives: 'graph',
      sends: 'graph',
      kinds: ['shared'],
    }
    const drawn = await client.call<RegistrationOrder>('POST', '/v1/work-orders/draw', body)
    expectThat(drawn.redirectUri === redirectUri, 'the redirect URI is that of the address', drawn.redirectUri)
    return drawn
  })
  const registration = await step('app registration', async () => {
    const portal = createPerson(reachMicrosoft)
    await portal.open(sandbox.portal)
    const isThere = (url: string) => url.startsWith(sandbox.portal)
    await signInAs(portal, 'ada@contoso.example', { controlPanel: sandbox.controlPanel, isThere })
    if (mode === 'user-consent') await allowUserConsent(portal, sandbox.portal)
    return registerApplication(portal, sandbox.portal, order)
  })
  const provider = await step('cloud provider', () =>
    client.call<{ id: string }>('POST', '/v1/cloud-providers', {
      ...{ name: 'Contoso', cloud: 'sandbox', accountTypes: 'single-tenant', contact: ADMIN.email },
      ...{ tenantId: registration.tenantId, clientId: registration.clientId },
      credential: { kind: 'secret', secret: registration.secret },
    }),
  )
  await step('check', async () => {
    const path = `/v1/cloud-providers/${provider.id}/check`
    const { lines } = await client.call<{ lines: { what: string; outcome: string }[] }>('POST', path)
    expectThat(lines.length > 0 && lines.every(({ outcome }) => outcome !== 'wrong'), 'nothing is wrong', lines)
  })

  const begin = async (kind: 'sign-in' | 'admin-consent') => {
    const wanted = { cloudProviderId: provider.id, kind, requestedAddress: SHARED }
    await browser.open((await client.call<{ url: string }>('POST', '/v1/authorizations', wanted)).url)
  }
  if (mode === 'admin-consent') {
    await step('admin consent', async () => {
      await begin('admin-consent')
      await signInAs(browser, 'ada@contoso.example', { controlPanel: sandbox.controlPanel, isThere: isBack })
      expectThat(browser.status === 200, 'the consent came back', browser.text)
    })
    await step('go on to the sign-in', async () => {
      await browser.follow('Continue to sign-in')
    })
  } else {
    await step('begin the sign-in', () => begin('sign-in'))
  }
  const grant = await step('authenticate', async () => {
    await signInAs(browser, 'anna@contoso.example', { controlPanel: sandbox.controlPanel, isThere: isBack })
    expectThat(browser.status === 200, 'the sign-in came back', browser.text)
    const { grants } = await client.call<{ grants: { id: string; userName: string }[] }>('GET', '/v1/grants')
    const [first] = grants
    if (!first || grants.length > 1) throw new Error(`there is one grant: ${JSON.stringify(grants)}`)
    expectThat(first.userName === 'anna@contoso.example', 'Anna signed in', first)
    return first
  })

  const wantedMail = { address: SHARED, kind: 'shared', grantId: grant.id }
  await step('preflight', async () => {
    type PreflightChecks = { checks: { what: string; outcome: string }[] }
    const { checks } = await client.call<PreflightChecks>('POST', '/v1/email-accounts/preflight', wantedMail)
    expectThat(checks.length > 0 && checks.every(({ outcome }) => outcome !== 'wrong'), 'no check fails', checks)
  })
  const associatedAt = Date.now()
  const account = await step('associate', () =>
    client.call<{ id: string }>('POST', '/v1/email-accounts', {
      ...{ ...wantedMail, name: 'Contoso Support', key: 'SUP', contact: ADMIN.email },
      // The first mail is older than two days.
      closesOlderThanDays: null,
    }),
  )
  return {
    ...{ client, ear, browser, redirectUri, registration, associatedAt },
    ...{ providerId: provider.id, accountId: account.id },
  }
}

/** `true` once the import of a mailbox is complete. */
export function isConnected(event: { kind: string; data: Record<string, unknown> }): boolean {
  return event.kind === 'email_account.state_changed' && event.data.to === 'connected'
}
