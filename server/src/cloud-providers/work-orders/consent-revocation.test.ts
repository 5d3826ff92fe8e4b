import { expect, it } from 'vitest'
import { revocationCommands } from './consent-revocation.ts'

const request = {
  clientId: '11111111-2222-4333-8444-555555555555',
  tenantId: '22222222-2222-4333-8444-555555555555',
  objectId: '33333333-2222-4333-8444-555555555555',
  scriptNames: { azureCli: 'AzureCloud', graphPowerShell: 'Global' },
}

it("consent revocation commands cover one person or the organization, in the person's tenant", () => {
  const { ofPerson, ofOrganization } = revocationCommands(request)

  for (const text of [ofPerson, ofOrganization]) {
    expect(text).toContain(`Connect-MgGraph -TenantId '${request.tenantId}' -Environment Global -Scopes `)
    expect(text).toContain(`Get-MgServicePrincipal -Filter "appId eq '${request.clientId}'"`)
    expect(text).toContain('Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id')
  }
  expect(ofPerson).toContain(`and principalId eq '${request.objectId}'`)
  expect(ofPerson).not.toContain('AllPrincipals')
  expect(ofOrganization).toContain("and consentType eq 'AllPrincipals'")
})
