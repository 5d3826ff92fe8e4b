import { describe, expect, it } from 'vitest'
import { EXCHANGE, GRAPH } from '../../tenants/index.ts'
import { directoryForTest } from '../../../test/directory.ts'
import { type Ask, directoryGraph } from '../../../test/directory-graph.ts'
import { rsaCertificate } from '../../../test/rsa-certificate.ts'
import { directoryApi } from './directory-api.ts'

const ADDRESSES = {
  login: 'http://login.test',
  graph: 'http://graph.test',
  portal: 'http://portal.test',
  controlPanel: '',
}

/** The requests of the commands, from an empty directory to an application that can read mail. */
describe('a registration script', () => {
  it('with Azure CLI creates an application, its service principal, credentials and grants', async () => {
    const { ask, directory, contoso, ada } = setUp('Directory.AccessAsUser.All')
    const filter = (text: string) => `?$filter=${encodeURIComponent(text)}`

    // az ad app create --display-name Postkey --sign-in-audience AzureADMultipleOrgs --web-redirect-uris …
    //   --required-resource-accesses @permissions.json
    expect((await ask('GET', `/applications${filter("startswith(displayName,'Postkey')")}`)).body).toEqual({
      '@odata.context': 'http://graph.test/v1.0/$metadata#applications',
      value: [],
    })
    const created = await ask('POST', '/applications', {
      displayName: 'Postkey',
      signInAudience: 'AzureADMultipleOrgs',
      keyCredentials: [],
      web: { redirectUris: ['https://postkey.contoso.example/oauth/callback'] },
      requiredResourceAccess: REQUIRED,
    })
    expect(created.status).toBe(201)
    const { id, appId } = created.body as { id: string; appId: string }
    expect(created.headers['location']).toContain(id)

    // az ad sp create --id $appId
    expect((await ask('GET', `/applications${filter(`appId eq '${appId}'`)}`)).body).toMatchObject({ value: [{ id }] })
    const presented = await ask('POST', '/servicePrincipals', { appId, accountEnabled: true })
    expect(presented.status).toBe(201)

    // az ad app credential reset --id $appId --append --display-name laptop --years 1
    const secret = await ask('POST', `/applications/${id}/addPassword`, {
      passwordCredential: {
        displayName: 'laptop',
        startDateTime: '2026-11-02T09:00:00Z',
        endDateTime: '2027-11-02T09:00:00Z',
      },
    })
    expect(secret.body).toMatchObject({ displayName: 'laptop', endDateTime: '2027-11-02T09:00:00.000Z' })
    const { secretText } = secret.body as { secretText: string }

    // az ad app permission grant --id $appId --api 00000003-… --scope Mail.ReadWrite Mail.Send
    const named = async (name: string) =>
      (await ask('GET', `/servicePrincipals${filter(`servicePrincipalNames/any(c:c eq '${name}')`)}`)).body as {
        value: { id: string }[]
      }
    const client = (await named(appId)).value[0]!.id
    const resource = (await named(GRAPH.appId)).value[0]!.id
    expect((await ask('GET', `/oauth2PermissionGrants${filter(`clientId eq '${client}'`)}`)).body).toMatchObject({
      value: [],
    })
    const granted = await ask('POST', '/oauth2PermissionGrants', {
      clientId: client,
      consentType: 'AllPrincipals',
      principalId: null,
      resourceId: resource,
      scope: 'Mail.ReadWrite Mail.Send',
    })
    expect(granted.status).toBe(201)

    const application = directory.applications.findByAppId(appId)!
    expect(directory.applications.findPassword(application, secretText)?.displayName).toBe('laptop')
    expect(directory.applications.ownersOf(id)).toEqual([ada.id])
    expect(directory.consents.grantedScopes(contoso.id, appId, GRAPH, 'any user')).toEqual(
      new Set(['Mail.ReadWrite', 'Mail.Send']),
    )
    // Permissions in the registration are only requested: nothing of Exchange was granted.
    expect(directory.consents.grantedRoles(contoso.id, appId, EXCHANGE)).toEqual([])
  })

  it('with Graph PowerShell finds permissions by value and assigns them', async () => {
    const { ask, directory, contoso } = setUp(
      'Application.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
    )
    const { der } = await rsaCertificate()

    // New-MgApplication -DisplayName … -SignInAudience … -Web @{…} -KeyCredentials @(…)
    const created = await ask('POST', '/applications', {
      displayName: 'Postkey',
      signInAudience: 'AzureADMyOrg',
      web: { redirectUris: ['https://postkey.contoso.example/oauth/callback'] },
      keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: der.toString('base64') }],
    })
    const { id, appId } = created.body as { id: string; appId: string }
    // Add-MgApplicationPassword -ApplicationId $id
    expect((await ask('POST', `/applications/${id}/addPassword`, {})).body).toMatchObject({
      displayName: null,
      endDateTime: '2028-11-02T09:00:00.000Z',
    })
    // New-MgServicePrincipal -AppId $appId
    const client = (await ask('POST', '/servicePrincipals', { appId })).body as { id: string }
    // Get-MgServicePrincipal -Filter "appId eq '…'" -Property id,appRoles
    const exchange = (
      (await ask('GET', `/servicePrincipals?$filter=appId%20eq%20'${EXCHANGE.appId}'&$select=id,appRoles`)).body as {
        value: { id: string; appRoles: { id: string; value: string }[] }[]
      }
    ).value[0]!
    expect(Object.keys(exchange)).toEqual(['id', 'appRoles'])
    const role = exchange.appRoles.find(({ value }) => value === 'IMAP.AccessAsApp')!
    // New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId …
    const assigned = await ask('POST', `/servicePrincipals/${client.id}/appRoleAssignments`, {
      principalId: client.id,
      resourceId: exchange.id,
      appRoleId: role.id,
    })
    expect(assigned).toMatchObject({
      status: 201,
      body: { principalDisplayName: 'Postkey', resourceDisplayName: 'Office 365 Exchange Online' },
    })
    // New-MgOauth2PermissionGrant -BodyParameter @{…}
    const graph = (await ask('GET', `/servicePrincipals(appId='${GRAPH.appId}')`)).body as { id: string }
    const granted = await ask('POST', '/oauth2PermissionGrants', {
      clientId: client.id,
      consentType: 'AllPrincipals',
      resourceId: graph.id,
      scope: 'Mail.Read',
    })
    expect(granted.status).toBe(201)

    expect(directory.consents.grantedRoles(contoso.id, appId, EXCHANGE)).toEqual(['IMAP.AccessAsApp'])
    expect(directory.consents.grantedScopes(contoso.id, appId, GRAPH, 'any user')).toEqual(new Set(['Mail.Read']))

    // … and revokes all of it.
    const { id: assignmentId } = assigned.body as { id: string }
    const seenByApi = (await ask('GET', `/servicePrincipals/${exchange.id}/appRoleAssignedTo`)).body as {
      value: unknown[]
    }
    expect(seenByApi.value).toHaveLength(1)
    expect((await ask('DELETE', `/servicePrincipals/${exchange.id}/appRoleAssignedTo/${assignmentId}`)).status).toBe(
      204,
    )
    expect((await ask('DELETE', `/oauth2PermissionGrants/${(granted.body as { id: string }).id}`)).status).toBe(204)
    expect((await ask('DELETE', `/applications(appId='${appId}')`)).status).toBe(204)
    expect(directory.consents.findServicePrincipal(contoso.id, appId)).toBeUndefined()
  })
})

const REQUIRED = [
  {
    resourceAppId: GRAPH.appId,
    resourceAccess: [{ id: '024d486e-b451-40bb-833d-3e66d98c5c73', type: 'Scope' }],
  },
  {
    resourceAppId: EXCHANGE.appId,
    resourceAccess: [{ id: '5e5addcd-3e8d-4e90-baf5-964efab2b20a', type: 'Role' }],
  },
]

function setUp(...scopes: string[]): ReturnType<typeof directoryForTest> & { ask: Ask } {
  const world = directoryForTest()
  const settings = { listening: ADDRESSES, named: ADDRESSES }
  const { asPerson } = directoryGraph(world, settings, directoryApi({ ...world, settings }))
  return { ...world, ask: asPerson(world.ada, ...scopes) }
}
