import { describe, expect, it } from 'vitest'
import type { Person } from '../../../test/browser.ts'
import { EXCHANGE, GRAPH } from '../../tenants/index.ts'
import { portalForTest, PORTAL } from '../../../test/portal.ts'
import { rsaCertificate } from '../../../test/rsa-certificate.ts'
import { createPortalSite } from './portal-site.ts'

describe('registering an application in the portal', () => {
  it('leads from an empty directory to a granted application, following the setup instructions', async () => {
    const { signedIn, ada, directory, contoso } = await portalForTest(createPortalSite)
    const page = await signedIn(ada)

    await page.follow('App registrations')
    expect(page.text).toContain('No application is registered in Contoso yet.')
    await page.follow('New registration')
    for (const words of [
      'Single tenant only - Contoso',
      'Accounts in this organizational directory only (Contoso only - Single tenant)',
      'Multiple Entra ID tenants',
      'Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant)',
      'Any Entra ID Tenant + Personal Microsoft accounts',
      'and personal Microsoft accounts (e.g. Skype, Xbox)',
    ]) {
      expect(page.text).toContain(words)
    }
    await page.submit({ displayName: 'Postkey', signInAudience: 'AzureADMultipleOrgs' }, { button: 'Register' })

    const appId = page.valueOf('appId')
    expect(page.url).toBe(`${PORTAL}/app-registrations/${appId}`)
    expect(page.valueOf('tenantId')).toBe(contoso.id)
    expect(page.text).toContain('Application (client) ID')
    expect(page.text).toContain('Directory (tenant) ID')

    await page.follow('Authentication')
    const uri = 'https://postkey.contoso.example/oauth/callback'
    await page.submit({ platform: 'web', redirectUri: uri }, { button: 'Configure' })
    expect(page.text).toContain(uri)

    await page.follow('Certificates & secrets')
    await page.submit({ description: 'Postkey' }, { button: 'Add' })
    const secret = page.valueOf('secretValue')
    expect(page.text).toContain('Copy the value now')
    await page.open(page.url)
    expect(page.markup).not.toContain(secret)

    await page.follow('API permissions')
    await page.follow('Add a permission')
    await page.open(`${page.url}?api=${GRAPH.appId}&type=Scope`)
    await page.submit({ permission: idOf(GRAPH.delegated, 'Mail.ReadWrite') }, { button: 'Add permissions' })
    await page.open(`${page.url}/add?api=${EXCHANGE.appId}&type=Role`)
    await page.submit({ permission: idOf(EXCHANGE.application, 'IMAP.AccessAsApp') }, { button: 'Add permissions' })
    expect(page.text.match(/Not granted for Contoso/g)).toHaveLength(3)
    expect(directory.consents.grantedScopes(contoso.id, appId, GRAPH, ada.id)).toEqual(new Set())

    await page.follow('Grant admin consent for Contoso')
    await page.submit({}, { button: 'Yes' })

    expect(page.text.match(/✓ Granted for Contoso/g)).toHaveLength(3)
    expect(directory.consents.grantedScopes(contoso.id, appId, GRAPH, ada.id)).toEqual(
      new Set(['User.Read', 'Mail.ReadWrite']),
    )
    expect(directory.consents.grantedRoles(contoso.id, appId, EXCHANGE)).toEqual(['IMAP.AccessAsApp'])
    const application = directory.applications.findByAppId(appId)!
    expect(application).toMatchObject({
      displayName: 'Postkey',
      signInAudience: 'AzureADMultipleOrgs',
      web: { redirectUris: [uri] },
      api: { requestedAccessTokenVersion: null },
    })
    const days =
      (Date.parse(application.passwordCredentials[0]!.endDateTime) - Date.parse('2026-11-02T09:00:00Z')) / 86_400_000
    expect(days).toBe(180)
    expect(directory.applications.findPassword(application, secret)).toBeDefined()
    expect(directory.applications.ownersOf(application.id)).toEqual([ada.id])
  })

  it('keeps the input when it is refused', async () => {
    const { signedIn, ben } = await portalForTest(createPortalSite)
    const page = await signedIn(ben)
    await page.open(`${PORTAL}/app-registrations/new`)

    await page.submit(
      {
        displayName: 'Ben’s <app>',
        signInAudience: 'AzureADMultipleOrgs',
        platform: 'web',
        redirectUri: 'http://a.example',
      },
      { button: 'Register' },
    )

    expect(page.status).toBe(400)
    expect(page.text).toContain('The URI must begin with https://')
    expect(page.valueOf('displayName')).toBe('Ben’s <app>')
    expect(page.valueOf('redirectUri')).toBe('http://a.example')
    expect(page.markup).not.toContain('<app>')
    await page.submit({ redirectUri: 'https://a.example' }, { button: 'Register' })
    expect(page.text).toContain('Multiple Entra ID tenants')
  })

  it('supports personal accounts with version 2 tokens and at most two secrets', async () => {
    const { page, application } = await registered({ signInAudience: 'AzureADandPersonalMicrosoftAccount' })
    expect(application().api.requestedAccessTokenVersion).toBe(2)
    await page.open(`${page.url}/credentials`)

    await page.submit({ description: 'one' }, { button: 'Add' })
    await page.submit({ description: 'two' }, { button: 'Add' })
    await page.submit({ description: 'three' }, { button: 'Add' })

    expect(page.text).toContain('at most 2 client secrets')
    expect(application().passwordCredentials.map(({ displayName }) => displayName)).toEqual(['one', 'two'])
  })

  it('allows http://127.0.0.1 only in the manifest', async () => {
    const { page, application, path } = await registered()
    await page.open(`${path}/authentication`)
    await page.submit({ platform: 'publicClient', redirectUri: 'http://127.0.0.1:3000/cb' }, { button: 'Configure' })
    expect(page.text).toContain('http://127.0.0.1 cannot be entered here')

    await page.open(`${path}/manifest`)
    const manifest = JSON.parse(page.valueOf('manifest')) as { publicClient: { redirectUris: string[] } }
    manifest.publicClient.redirectUris.push('http://127.0.0.1:3000/cb')
    await page.submit({ manifest: JSON.stringify(manifest) }, { button: 'Save' })

    expect(page.text).toContain('The manifest is saved.')
    expect(application().publicClient.redirectUris).toEqual(['http://127.0.0.1:3000/cb'])
  })

  it('refuses an invalid manifest and shows it again', async () => {
    const { page, application, path } = await registered()
    const before = application()
    await page.open(`${path}/manifest`)

    for (const [manifest, words] of [
      ['{"displayName": }', 'not a JSON object'],
      ['{"appId":"x"}', 'cannot be changed'],
      ['{"passwordCredentials":[{"secretText":"x"}]}', 'service actions'],
      ['{"web":{"redirectUris":["https://a.example/#x"]}}', 'fragment'],
    ] as const) {
      await page.submit({ manifest }, { button: 'Save' })
      expect(page.status).toBe(400)
      expect(page.text).toContain(words)
      expect(page.valueOf('manifest')).toBe(manifest)
    }
    expect(application()).toEqual(before)
  })

  it('adds and deletes redirect URIs, and refuses a duplicate', async () => {
    const { page, application, path } = await registered()
    await page.open(`${path}/authentication`)
    await page.submit({ platform: 'web', redirectUri: 'http://localhost:3000/cb' }, { button: 'Configure' })
    await page.submit({ platform: 'spa', redirectUri: 'http://localhost:3000/cb' }, { button: 'Configure' })
    expect(page.text).toContain('already registered for Web')
    await page.submit({ platform: 'spa', redirectUri: 'http://localhost:4000/cb' }, { button: 'Configure' })
    expect(page.text).toContain('Sign-in ignores the port')

    await page.submit({}, { button: 'Delete' })
    expect(application().web.redirectUris).toEqual([])
  })

  it('saves account types, public client flows and the logout URL', async () => {
    const { page, application, path } = await registered()
    await page.open(`${path}/authentication`)
    await page.submit({ signInAudience: 'AzureADandPersonalMicrosoftAccount' }, { button: 'Save account types' })
    await page.submit({ isFallbackPublicClient: true, logoutUrl: 'https://a.example/out' }, { button: 'Save settings' })

    expect(application()).toMatchObject({
      signInAudience: 'AzureADandPersonalMicrosoftAccount',
      api: { requestedAccessTokenVersion: 2 },
      isFallbackPublicClient: true,
      web: { logoutUrl: 'https://a.example/out' },
    })
    await page.submit({ logoutUrl: 'http://a.example/out' }, { button: 'Save settings' })
    expect(page.text).toContain('The front-channel logout URL must begin with https://')
  })

  it('accepts a certificate as a file or as text, and refuses anything else', async () => {
    const { page, application, path, portal } = await registered()
    const { pem, der, thumbprint } = await rsaCertificate()
    await page.open(`${path}/credentials`)
    await page.submit({ certificate: 'not a certificate' }, { button: 'Add certificate' })
    expect(page.text).toContain('Choose a certificate')
    await page.submit({ certificate: pem }, { button: 'Add certificate' })
    expect(page.text).toContain(thumbprint)
    expect(page.text).toContain('Jan 1, 2028')
    await page.submit({ certificate: pem }, { button: 'Add certificate' })
    expect(page.text).toContain('already there')
    await page.submit({}, { button: 'Delete' })
    expect(application().keyCredentials).toEqual([])

    const form = new FormData()
    form.append('canary', page.valueOf('canary'))
    form.append('certificateFile', new Blob([new Uint8Array(der)]), 'mail.cer')
    const encoded = new Response(form)
    const answer = await portal.inject({
      method: 'POST',
      url: `${new URL(path).pathname}/credentials/certificates`,
      headers: { 'content-type': encoded.headers.get('content-type')!, cookie: cookiesOf(page) },
      payload: Buffer.from(await encoded.arrayBuffer()),
    })
    expect(answer.statusCode).toBe(303)
    expect(application().keyCredentials[0]?.key).toBe(der.toString('base64'))
  })

  it.each([
    ['2026-12-01', '2028-12-01', undefined],
    ['2026-12-01', '2028-12-02', 'at most 24 months'],
    ['2026-12-01', '2026-12-01', 'after the start'],
    ['', '', 'Enter the day'],
    ['', 'tomorrow', 'Enter the day'],
  ])('accepts a custom secret from %s to %s: %s', async (startDate, endDate, fault) => {
    const { page, application, path } = await registered()
    await page.open(`${path}/credentials`)

    await page.submit({ expires: 'custom', startDate, endDate }, { button: 'Add' })

    if (fault !== undefined) expect(page.text).toContain(fault)
    else expect(application().passwordCredentials[0]?.endDateTime).toBe('2028-12-01T00:00:00.000Z')
    expect(application().passwordCredentials).toHaveLength(fault === undefined ? 1 : 0)
  })

  it('removes a permission without revoking it, and revokes a granted one', async () => {
    const { page, application, path, directory, contoso } = await registered()
    await page.open(`${path}/api-permissions/grant-admin-consent`)
    await page.submit({}, { button: 'Yes' })
    const scopes = () => directory.consents.grantedScopes(contoso.id, application().appId, GRAPH, 'any user')

    await page.submit({}, { button: 'Remove permission' })
    expect(application().requiredResourceAccess).toEqual([])
    expect(page.text).toContain('Other permissions granted for Contoso')
    expect(scopes()).toEqual(new Set(['User.Read']))

    await page.submit({}, { button: 'Revoke admin consent' })
    expect(scopes()).toEqual(new Set())
  })

  it('deletes a registration with its grants', async () => {
    const { page, application, path, directory, contoso } = await registered()
    const { appId } = application()
    await page.open(`${path}/delete`)
    await page.submit({}, { button: 'Delete' })

    expect(page.text).toContain('The application Postkey is deleted.')
    expect(directory.applications.findByAppId(appId)).toBeUndefined()
    expect(directory.consents.findServicePrincipal(contoso.id, appId)).toBeUndefined()
    expect((await page.open(path)).status).toBe(404)
  })

  it('renames the enterprise application, too', async () => {
    const { page, path, directory, contoso, application } = await registered()
    await page.open(`${path}/branding`)
    await page.submit({ displayName: 'Mail for all', notes: 'Ask Ada' }, { button: 'Save' })

    expect(directory.consents.findServicePrincipal(contoso.id, application().appId)?.displayName).toBe('Mail for all')
    expect(page.valueOf('notes')).toBe('Ask Ada')
    await page.submit({ displayName: 'n'.repeat(121) }, { button: 'Save' })
    expect(page.text).toContain('at most 120 characters')
  })
})

async function registered(fields: Record<string, string> = {}) {
  const world = await portalForTest(createPortalSite)
  const page = await world.signedIn(world.ada)
  await page.open(`${PORTAL}/app-registrations/new`)
  await page.submit({ displayName: 'Postkey', ...fields }, { button: 'Register' })
  const appId = page.valueOf('appId')
  const path = page.url
  return { ...world, page, path, application: () => world.directory.applications.findByAppId(appId)! }
}

function idOf(permissions: readonly { value: string; id: string }[], value: string): string {
  return permissions.find((one) => one.value === value)!.id
}

function cookiesOf(page: Person): string {
  return Object.entries(page.cookies())
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}
