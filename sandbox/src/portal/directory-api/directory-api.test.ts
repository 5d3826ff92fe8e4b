import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EXCHANGE, GRAPH } from '../../tenants/index.ts'
import { directoryForTest } from '../../../test/directory.ts'
import { type Answer, type Ask, directoryGraph } from '../../../test/directory-graph.ts'
import { rsaCertificate } from '../../../test/rsa-certificate.ts'
import { directoryApi } from './directory-api.ts'

const ADDRESSES = {
  login: 'http://login.test',
  graph: 'http://graph.test',
  portal: 'http://portal.test',
  controlPanel: '',
}
const ALL = ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All']

describe('Graph’s directory API', () => {
  it("requires the permission in the token, whatever the user's role", async () => {
    const { asPerson, ada, application } = await setUp()
    const ask = asPerson(ada, 'User.Read', 'Mail.ReadWrite')

    for (const answer of [
      await ask('GET', '/applications'),
      await ask('POST', '/applications', { displayName: 'x' }),
      await ask('PATCH', `/applications/${application.id}`, { displayName: 'x' }),
      await ask('GET', '/servicePrincipals'),
      await ask('GET', '/oauth2PermissionGrants'),
      await ask('GET', `/servicePrincipals/${application.principalId}/appRoleAssignments`),
    ]) {
      expect(refusal(answer)).toEqual([403, 'Authorization_RequestDenied'])
    }
    expect((await ask('GET', '/organization')).body).toMatchObject({ value: [{ displayName: 'Contoso' }] })
  })

  it('allows members to register applications and manage only their own', async () => {
    const { asPerson, ada, ben, application, applications } = await setUp()
    const ask = asPerson(ben, ...ALL)
    const own = (await ask('POST', '/applications', { displayName: 'Ben’s' })).body as { id: string; appId: string }

    expect((await ask('PATCH', `/applications/${own.id}`, { notes: 'mine' })).status).toBe(204)
    expect((await ask('POST', '/servicePrincipals', { appId: own.appId })).status).toBe(201)
    expect(refusal(await ask('PATCH', `/applications/${application.id}`, { notes: 'mine' }))).toEqual([
      403,
      'Authorization_RequestDenied',
    ])
    expect(refusal(await ask('POST', `/applications/${application.id}/addPassword`, {}))[0]).toBe(403)
    expect(refusal(await ask('DELETE', `/servicePrincipals/${application.principalId}`))[0]).toBe(403)

    applications.addOwner(application.id, ben.id)
    expect((await ask('PATCH', `/applications/${application.id}`, { notes: 'ours' })).status).toBe(204)
    expect((await asPerson(ada, ...ALL)('PATCH', `/applications/${own.id}`, { notes: 'hers' })).status).toBe(204)
  })

  it('accepts action parameters in any case, as generated SDKs send them', async () => {
    const { asPerson, ada, application } = await setUp()
    const ask = asPerson(ada, ...ALL)
    const add = `/applications/${application.id}/addPassword`
    const added = (await ask('POST', add, { PasswordCredential: { displayName: 'build' } })).body as { keyId: string }

    expect(added).toMatchObject({ displayName: 'build' })
    const removed = await ask('POST', `/applications/${application.id}/removePassword`, { KeyId: added.keyId })
    expect(removed.status).toBe(204)
  })

  it('allows only administrators to grant permissions', async () => {
    const { asPerson, ben, application, graphId } = await setUp()
    const ask = asPerson(ben, ...ALL)
    const grant = {
      clientId: application.principalId,
      consentType: 'AllPrincipals',
      resourceId: graphId,
      scope: 'Mail.Read',
    }

    expect(refusal(await ask('POST', '/oauth2PermissionGrants', grant))[0]).toBe(403)
    const assignment = { principalId: application.principalId, resourceId: graphId, appRoleId: MAIL_READ_ROLE }
    expect(
      refusal(await ask('POST', `/servicePrincipals/${application.principalId}/appRoleAssignments`, assignment))[0],
    ).toBe(403)
  })

  it('allows guests neither to read nor to register applications', async () => {
    const { asPerson, guest } = await setUp()
    const ask = asPerson(guest, ...ALL)

    expect((await ask('GET', '/applications')).status).toBe(200)
    expect(refusal(await ask('POST', '/applications', { displayName: 'x' }))[0]).toBe(403)
  })

  it('isolates tenants for reads and changes', async () => {
    const { asPerson, carla, application, graphId } = await setUp()
    const ask = asPerson(carla, ...ALL, 'Directory.AccessAsUser.All')
    const { id, appId, principalId, grantId, assignmentId } = application
    const sp = `/servicePrincipals/${principalId}`

    for (const answer of [
      await ask('GET', `/applications/${id}`),
      await ask('GET', `/applications(appId='${appId}')`),
      await ask('PATCH', `/applications/${id}`, { displayName: 'x' }),
      await ask('DELETE', `/applications/${id}`),
      await ask('POST', `/applications/${id}/addPassword`, {}),
      await ask('POST', `/applications/${id}/removePassword`, { keyId: 'x' }),
      await ask('GET', `/applications/${id}/owners`),
      await ask('POST', `/applications/${id}/owners/$ref`, { '@odata.id': `http://graph.test/v1.0/users/${carla.id}` }),
      await ask('GET', sp),
      await ask('PATCH', sp, { accountEnabled: false }),
      await ask('DELETE', sp),
      await ask('GET', `${sp}/oauth2PermissionGrants`),
      await ask('GET', `${sp}/appRoleAssignments`),
      await ask('GET', `${sp}/appRoleAssignments/${assignmentId}`),
      await ask('DELETE', `${sp}/appRoleAssignments/${assignmentId}`),
      await ask('POST', `${sp}/appRoleAssignments`, { principalId, resourceId: graphId, appRoleId: MAIL_READ_ROLE }),
      await ask('DELETE', `/servicePrincipals/${graphId}/appRoleAssignedTo/${assignmentId}`),
      await ask('GET', `/oauth2PermissionGrants/${grantId}`),
      await ask('PATCH', `/oauth2PermissionGrants/${grantId}`, { scope: 'Mail.Send' }),
      await ask('DELETE', `/oauth2PermissionGrants/${grantId}`),
      await ask('POST', '/oauth2PermissionGrants', {
        clientId: principalId,
        consentType: 'AllPrincipals',
        resourceId: graphId,
        scope: 'x',
      }),
      await ask('GET', '/organization/5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11'),
    ]) {
      expect(refusal(answer)).toEqual([404, 'Request_ResourceNotFound'])
    }
    expect((await ask('GET', '/applications')).body).toMatchObject({ value: [] })
    expect((await ask('GET', '/oauth2PermissionGrants')).body).toMatchObject({ value: [] })
  })

  it('adds another tenant’s application only when it is multitenant, and only for administrators', async () => {
    const { asPerson, ada, carla, application } = await setUp()
    const fabrikam = asPerson(carla, ...ALL)

    expect(refusal(await fabrikam('POST', '/servicePrincipals', { appId: application.appId }))).toEqual([
      400,
      'Request_BadRequest',
    ])
    await asPerson(ada, ...ALL)('PATCH', `/applications/${application.id}`, { signInAudience: 'AzureADMultipleOrgs' })
    expect((await fabrikam('POST', '/servicePrincipals', { appId: application.appId })).status).toBe(201)
  })

  it('accepts an application with its own permission', async () => {
    const { asApplication, contoso } = await setUp()

    const made = await asApplication(contoso.id, 'Application.ReadWrite.All')('POST', '/applications', {
      displayName: 'x',
    })
    expect(made.status).toBe(201)
    expect(refusal(await asApplication(contoso.id, 'Mail.Read')('GET', '/applications'))[0]).toBe(403)
  })

  it("reports conflicts with Microsoft's error codes", async () => {
    const { admin, application, graphId } = await setUp()
    const { principalId } = application

    expect(refusal(await admin('POST', '/servicePrincipals', { appId: application.appId }))).toEqual([
      409,
      'Request_MultipleObjectsWithSameKeyValue',
    ])
    const grant = { clientId: principalId, consentType: 'AllPrincipals', resourceId: graphId, scope: 'Mail.Send' }
    expect(refusal(await admin('POST', '/oauth2PermissionGrants', grant))).toEqual([
      409,
      'Request_MultipleObjectsWithSameKeyValue',
    ])
    const assignment = { principalId, resourceId: graphId, appRoleId: MAIL_READ_ROLE }
    const again = await admin('POST', `/servicePrincipals/${principalId}/appRoleAssignments`, assignment)
    expect(again.body).toMatchObject({ error: { message: 'Permission being assigned already exists on the object' } })
    const unknown = await admin('POST', `/servicePrincipals/${principalId}/appRoleAssignments`, {
      ...assignment,
      appRoleId: graphId,
    })
    expect(refusal(unknown)).toEqual([400, 'Request_BadRequest'])
    const nobody = await admin('POST', '/servicePrincipals', { appId: '11111111-2222-4333-8444-555555555555' })
    expect(JSON.stringify(nobody.body)).toContain('does not reference a valid application')
  })

  it('keeps at most two secrets for personal accounts, and removes one by its id', async () => {
    const { admin } = await setUp()
    const { id } = (
      await admin('POST', '/applications', {
        displayName: 'x',
        signInAudience: 'AzureADandPersonalMicrosoftAccount',
        api: { requestedAccessTokenVersion: 2 },
      })
    ).body as { id: string }
    const add = () => admin('POST', `/applications/${id}/addPassword`, { passwordCredential: { displayName: 'a' } })
    const { keyId } = (await add()).body as { keyId: string }
    await add()

    expect(refusal(await add())).toEqual([400, 'Request_BadRequest'])
    expect((await admin('POST', `/applications/${id}/removePassword`, { keyId })).status).toBe(204)
    expect((await admin('POST', `/applications/${id}/removePassword`, { keyId })).body).toMatchObject({
      error: { message: `No password credential found with keyId ${keyId}.` },
    })
    expect((await add()).status).toBe(200)
  })

  it('returns a secret only once, and a certificate only on request', async () => {
    const { admin, application } = await setUp()
    const { secretText } = (await admin('POST', `/applications/${application.id}/addPassword`, {})).body as {
      secretText: string
    }

    const { body } = await admin('GET', `/applications/${application.id}`)
    expect(JSON.stringify(body)).not.toContain(secretText)
    expect(body).toMatchObject({ passwordCredentials: [{ hint: secretText.slice(0, 3), secretText: null }] })

    const { der } = await rsaCertificate()
    const key = der.toString('base64')
    const url = `/applications/${application.id}`
    await admin('PATCH', url, { keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }] })
    expect((await admin('GET', url)).body).toMatchObject({ keyCredentials: [{ key: null }] })
    expect((await admin('GET', `${url}?$select=keyCredentials`)).body).toMatchObject({ keyCredentials: [{ key }] })
  })

  it('lists in pages without losing or repeating objects', async () => {
    const { admin } = await setUp()
    for (let i = 0; i < 6; i++) await admin('POST', '/applications', { displayName: `page ${i}` })

    const names: string[] = []
    let url: string | undefined = "/applications?$top=2&$select=id,displayName&$filter=startswith(displayName,'page')"
    while (url !== undefined) {
      const page: { value: { displayName: string }[]; '@odata.nextLink'?: string } = (await admin('GET', url)).body
      names.push(...page.value.map(({ displayName }) => displayName))
      url = page['@odata.nextLink']
    }

    expect(names).toEqual(['page 0', 'page 1', 'page 2', 'page 3', 'page 4', 'page 5'])
  })

  it.each([
    ['$select=colour', 400, 'BadRequest'],
    ['$top=1000', 400, 'Request_BadRequest'],
    ['$filter=colour eq 1', 400, 'Request_UnsupportedQuery'],
    ["$filter=displayName lt 'a'", 400, 'Request_UnsupportedQuery'],
    ["$filter=appId eq 'a' and", 400, 'Request_UnsupportedQuery'],
    ['$orderby=displayName', 400, 'Request_UnsupportedQuery'],
    ['$expand=owners', 400, 'Request_UnsupportedQuery'],
    ['$skiptoken=gone', 400, 'Directory_ExpiredPageToken'],
  ])('refuses the query %s', async (query, status, code) => {
    const { admin } = await setUp()

    expect(refusal(await admin('GET', `/applications?${query.replaceAll(' ', '%20')}`))).toEqual([status, code])
  })

  it('filters by quoted text, ignoring case', async () => {
    const { admin } = await setUp()
    await admin('POST', '/applications', { displayName: "O'Neill" })
    const find = async (filter: string) =>
      ((await admin('GET', `/applications?$filter=${encodeURIComponent(filter)}`)).body as { value: unknown[] }).value
        .length

    expect(await find("displayName eq 'o''neill'")).toBe(1)
    expect(await find("displayName eq 'o''neill' and signInAudience eq 'AzureADMultipleOrgs'")).toBe(0)
    expect(await find("displayName in ('Mail connector', 'O''Neill')")).toBe(2)
    expect(await find("displayName eq 'nobody' or startswith(displayName,'MAIL')")).toBe(1)
    expect(await find('isFallbackPublicClient eq false')).toBe(2)
  })

  it('responds to any query or body without an internal error', async () => {
    const { admin, application, faults } = await setUp()
    const paths = [
      '/applications',
      `/applications/${application.id}`,
      `/applications/${application.id}/addPassword`,
      `/applications/${application.id}/owners/$ref`,
      '/servicePrincipals',
      `/servicePrincipals/${application.principalId}`,
      `/servicePrincipals/${application.principalId}/appRoleAssignments`,
      '/oauth2PermissionGrants',
      `/oauth2PermissionGrants/${application.grantId}`,
    ]
    const names = [
      'appId',
      'displayName',
      'passwordCredential',
      'keyId',
      'clientId',
      'principalId',
      'scope',
      'tags',
      '@odata.id',
      'web',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom('GET', 'POST', 'PATCH'),
        fc.oneof(fc.string(), fc.constantFrom("appId eq '", "displayName eq ''''", 'tags/any(t:t eq ', '(((')),
        fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue())),
        async (path, method, filter, body) => {
          const url = `${path}?$filter=${encodeURIComponent(filter)}`
          const { status } = await (method === 'GET' ? admin(method, url) : admin(method, path, body))
          expect(status).toBeLessThan(500)
        },
      ),
      { numRuns: 300 },
    )
    expect(faults).toEqual([])
  })
})

const MAIL_READ_ROLE = '810c84a8-4a9e-49e6-bf7d-12d183f40d01'

function refusal({ status, body }: Answer): [number, unknown] {
  return [status, (body as { error?: { code?: string } } | undefined)?.error?.code]
}

/** Creates an application in Contoso with a grant and a role on Graph. */
async function setUp() {
  const world = directoryForTest()
  const { directory, contoso, ada } = world
  const settings = { listening: ADDRESSES, named: ADDRESSES }
  const graph = directoryGraph(world, settings, directoryApi({ ...world, settings }))
  const { id, appId } = directory.applications.add(contoso.id, { displayName: 'Mail connector' })
  const principal = directory.consents.addServicePrincipal(contoso.id, { appId, displayName: 'Mail connector' })
  const graphId = directory.consents.findServicePrincipal(contoso.id, GRAPH.appId)!.id
  const grant = directory.consents.grant(principal.id, graphId, ['Mail.Send'], null)
  const assignment = directory.consents.assignAppRole(principal.id, graphId, MAIL_READ_ROLE)
  directory.consents.findServicePrincipal(contoso.id, EXCHANGE.appId)
  return {
    ...world,
    ...graph,
    applications: directory.applications,
    admin: graph.asPerson(ada, ...ALL) satisfies Ask,
    graphId,
    application: { id, appId, principalId: principal.id, grantId: grant.id, assignmentId: assignment.id },
  }
}
