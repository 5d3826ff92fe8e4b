import fc from 'fast-check'
import { expect, it } from 'vitest'
import { portalForTest } from '../../../test/portal.ts'
import { createPortalSite } from './portal-site.ts'

const FIELDS = [
  'displayName', 'signInAudience', 'platform', 'redirectUri', 'uri', 'logoutUrl', 'homePageUrl', 'notes', 'description',
  'expires', 'startDate', 'endDate', 'certificate', 'certificateFile.base64', 'api', 'type', 'permission', 'value',
  'resourceAppId', 'id', 'userId', 'manifest', 'principalId', 'userConsent', 'preferredLanguage', 'password', 'right',
  'trusteeId', 'required',
] // prettier-ignore

const VALUES = ['web', 'spa', 'Scope', 'Role', 'custom', '2026-01-01', '0001-01-01', '9999-12-31', '{}', 'null', '[]', '-'.repeat(300), 'en-US', 'FullAccess', '00000003-0000-0000-c000-000000000000', '<script>alert(1)</script>'] // prettier-ignore

it('the portal answers any form with a page, without an internal error or markup from the form', async () => {
  const { signedIn, ada, ben, portal, directory, contoso, faults } = await portalForTest(createPortalSite)
  const { appId } = directory.applications.add(contoso.id, { displayName: 'Mail connector' })
  const principal = directory.consents.addServicePrincipal(contoso.id, { appId, displayName: 'Mail connector' })
  const page = await signedIn(ada)
  const canary = page.valueOf('canary')
  const cookie = Object.entries(page.cookies())
    .map((pair) => pair.join('='))
    .join('; ')
  const app = `/app-registrations/${appId}`
  const paths = [
    '/app-registrations/new',
    `${app}/branding`,
    `${app}/authentication/redirect-uris`,
    `${app}/authentication/redirect-uris/delete`,
    `${app}/authentication/supported-accounts`,
    `${app}/authentication/settings`,
    `${app}/credentials/secrets`,
    `${app}/credentials/certificates`,
    `${app}/api-permissions/add`,
    `${app}/api-permissions/remove`,
    `${app}/api-permissions/revoke`,
    `${app}/api-permissions/grant-admin-consent`,
    `${app}/owners/add`,
    `${app}/manifest`,
    `/enterprise-applications/${principal.id}/permissions/revoke`,
    '/enterprise-applications/user-consent-settings',
    `/users/${ben.id}/properties`,
    `/users/${ben.id}/multifactor-authentication`,
    `/mailboxes/${ben.id}/rights/add`,
    `/mailboxes/${ben.id}/rights/remove`,
  ]
  const value = fc.oneof(fc.constantFrom(...VALUES), fc.string(), fc.json())

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.dictionary(fc.constantFrom(...FIELDS), value),
      fc.boolean(),
      async (url, fields, asUpload) => {
        const form = new URLSearchParams({ ...fields, canary })
        const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
        const request = asUpload ? await multipart(form, cookie) : { headers, payload: form.toString() }
        const answer = await portal.inject({ method: 'POST', url, ...request })

        expect(answer.statusCode).toBeLessThan(500)
        if (answer.statusCode === 303) {
          const next = await portal.inject({ url: String(answer.headers.location), headers: { cookie } })
          expect(next.statusCode).toBe(200)
          expect(next.body).not.toContain('<script>alert')
        } else expect(answer.body).not.toContain('<script>alert')
      },
    ),
    { numRuns: 400 },
  )
  expect(faults).toEqual([])
})

async function multipart(form: URLSearchParams, cookie: string) {
  const body = new FormData()
  for (const [name, value] of form) body.append(name, value)
  const encoded = new Response(body)
  const type = encoded.headers.get('content-type') ?? ''
  return { headers: { cookie, 'content-type': type }, payload: Buffer.from(await encoded.arrayBuffer()) }
}
