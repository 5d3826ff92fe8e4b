/**
 * Commands with which an Entra admin revokes consent at Microsoft. Disconnecting in Postkey only deletes the tokens;
 * the consent stays.
 *
 * @see https://learn.microsoft.com/powershell/microsoftgraph/how-to-grant-revoke-api-permissions
 */
import type { ScriptNames } from '../clouds/cloud.ts'
import { ps } from './shell-quoting.ts'

export interface RevocationRequest {
  clientId: string
  /** Tenant and object ID of the person who signed in. */
  tenantId: string
  objectId: string
  scriptNames: ScriptNames
}

export interface RevocationCommands {
  /** Revokes the person's own consent. */
  ofPerson: string
  /** Revokes the consent for the organization, which ends all its grants for this application. */
  ofOrganization: string
}

export function revocationCommands(request: RevocationRequest): RevocationCommands {
  return {
    ofPerson: script(request, `principalId eq '${request.objectId}'`),
    ofOrganization: script(request, "consentType eq 'AllPrincipals'"),
  }
}

function script({ clientId, tenantId, scriptNames: { graphPowerShell } }: RevocationRequest, which: string): string {
  const scopes = ['Application.Read.All', 'DelegatedPermissionGrant.ReadWrite.All'].map(ps).join(', ')
  return `Connect-MgGraph -TenantId ${ps(tenantId)} -Environment ${graphPowerShell} -Scopes ${scopes} -NoWelcome
$client = Get-MgServicePrincipal -Filter "appId eq '${clientId}'"
Get-MgOauth2PermissionGrant -All -Filter "clientId eq '$($client.Id)' and ${which}" |
    ForEach-Object { Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id }`
}
