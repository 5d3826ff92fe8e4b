/**
 * Creates the registration with commands. Values are quoted for the shell, because the display name is untrusted text.
 *
 * @see https://learn.microsoft.com/cli/azure/ad/app
 * @see https://learn.microsoft.com/powershell/microsoftgraph/app-only
 */
import type { ScriptNames } from '../clouds/cloud.ts'
import { ps, sh } from './shell-quoting.ts'
import type { Manifest, OrderedPermission, WorkOrderRequest } from './manifest.ts'

const SECRET_YEARS = 1

type Proof = WorkOrderRequest['credential']

/** Script for Azure Cloud Shell or any Azure CLI. */
export function azureCliScript(
  manifest: Manifest,
  permissions: readonly OrderedPermission[],
  environments: ScriptNames,
  proof: Proof,
): string {
  const { displayName, signInAudience, web, requiredResourceAccess } = manifest
  const grants = byResource(ofType(permissions, 'Scope')).map(
    ([resourceAppId, names]) =>
      `az ad app permission grant --id "$client_id" --api ${resourceAppId} --scope ${sh(names.join(' '))} --output none`,
  )
  return `#!/usr/bin/env bash
# Registers the application in Microsoft Entra ID (formerly Azure Active Directory).
set -euo pipefail

az cloud set --name ${environments.azureCli}
az account show --output none 2>/dev/null || az login --allow-no-subscriptions --output none

permissions=$(mktemp)
cat >"$permissions" <<'JSON'
${JSON.stringify(requiredResourceAccess, null, 2)}
JSON

client_id=$(az ad app create \\
  --display-name ${sh(displayName)} \\
  --sign-in-audience ${signInAudience} \\
  --requested-access-token-version 2 \\
  --web-redirect-uris ${web.redirectUris.map(sh).join(' ')} \\
  --required-resource-accesses "@$permissions" \\
  --query appId --output tsv)
rm "$permissions"
az ad sp create --id "$client_id" --output none
${proof === 'certificate' ? '' : azureCliSecret(displayName)}
# Admin consent for the organization. It replaces the admin consent in step C of Postkey; omit it to consent there.
${[...grants, ...roleGrants(manifest)].join('\n')}

echo "Application (client) ID: $client_id"
echo "Directory (tenant) ID:   $(az account show --query tenantId --output tsv)"
${proof === 'certificate' ? AZURE_CLI_CERTIFICATE : AZURE_CLI_SECRET_TOLD}
`
}

const azureCliSecret = (displayName: string) =>
  `secret=$(az ad app credential reset --id "$client_id" --append --display-name ${sh(displayName)} --years ${SECRET_YEARS} \\
  --query password --output tsv)
`
const AZURE_CLI_SECRET_TOLD = `echo "Client secret (Value):   $secret"
echo "It expires in ${SECRET_YEARS} year. Enter it in Postkey yourself; do not send it by email."`
const AZURE_CLI_CERTIFICATE = `echo "No secret was created. When you get postkey.cer from Postkey, run this in its folder:"
echo "az ad app credential reset --id $client_id --append --cert @postkey.cer"`

/** Script for the PowerShell module Microsoft.Graph. */
export function graphPowerShellScript(
  manifest: Manifest,
  permissions: readonly OrderedPermission[],
  environments: ScriptNames,
  proof: Proof,
): string {
  const { displayName, signInAudience, web, requiredResourceAccess } = manifest
  const nameOf = (id: string) => permissions.find((permission) => permission.id === id)?.value ?? id
  const access = requiredResourceAccess.map(
    ({ resourceAppId, resourceAccess }) => `    @{
        ResourceAppId  = '${resourceAppId}'
        ResourceAccess = @(
${resourceAccess.map(({ id, type }) => `            @{ Id = '${id}'; Type = '${type}' } # ${nameOf(id)}`).join('\n')}
        )
    }`,
  )
  const roles = ofType(permissions, 'Role').filter(({ id }) => isInManifest(manifest, id))
  const scopes = [
    'Application.ReadWrite.All',
    'DelegatedPermissionGrant.ReadWrite.All',
    ...(roles.length > 0 ? ['AppRoleAssignment.ReadWrite.All'] : []),
  ]
  const roleGrants = roles.map(
    ({ resourceAppId, id, value }) => `$resource = Get-MgServicePrincipal -Filter "appId eq '${resourceAppId}'"
New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $client.Id -PrincipalId $client.Id \`
    -ResourceId $resource.Id -AppRoleId '${id}' | Out-Null # ${value} in every mailbox`,
  )
  const grants = byResource(ofType(permissions, 'Scope')).map(
    ([resourceAppId, names]) => `$resource = Get-MgServicePrincipal -Filter "appId eq '${resourceAppId}'"
New-MgOauth2PermissionGrant -ClientId $client.Id -ConsentType 'AllPrincipals' -ResourceId $resource.Id \`
    -Scope ${ps(names.join(' '))} | Out-Null`,
  )
  return `# Registers the application in Microsoft Entra ID (formerly Azure Active Directory).
$ErrorActionPreference = 'Stop'
Connect-MgGraph -Environment ${environments.graphPowerShell} -NoWelcome \`
    -Scopes ${scopes.map(ps).join(', ')}

$access = @(
${access.join('\n')}
)
$app = New-MgApplication -DisplayName ${ps(displayName)} -SignInAudience '${signInAudience}' \`
    -Web @{ RedirectUris = @(${web.redirectUris.map(ps).join(', ')}) } \`
    -Api @{ RequestedAccessTokenVersion = 2 } -RequiredResourceAccess $access
$client = New-MgServicePrincipal -AppId $app.AppId
${proof === 'certificate' ? '' : powerShellSecret(displayName)}
# Admin consent for the organization. It replaces the admin consent in step C of Postkey; omit it to consent there.
${[...grants, ...roleGrants].join('\n')}

"Application (client) ID: $($app.AppId)"
"Directory (tenant) ID:   $((Get-MgContext).TenantId)"
${proof === 'certificate' ? POWER_SHELL_CERTIFICATE : POWER_SHELL_SECRET_TOLD}
`
}

const powerShellSecret = (displayName: string) =>
  `$secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{
    DisplayName = ${ps(displayName)}; EndDateTime = (Get-Date).AddYears(${SECRET_YEARS})
}
`
const POWER_SHELL_SECRET_TOLD = `"Client secret (Value):   $($secret.SecretText)"
"It expires on $($secret.EndDateTime). Enter it in Postkey yourself; do not send it by email."`
const POWER_SHELL_CERTIFICATE = `"No secret was created. When you get postkey.cer from Postkey, upload it: App registrations, the application,"
"Certificates & secrets, Certificates, Upload certificate."`

function ofType(permissions: readonly OrderedPermission[], type: OrderedPermission['type']) {
  return permissions.filter((permission) => permission.type === type)
}

/** Permissions limited to mailboxes in Exchange are not registered in Entra ID. */
function isInManifest({ requiredResourceAccess }: Manifest, id: string): boolean {
  return requiredResourceAccess.some(({ resourceAccess }) => resourceAccess.some((access) => access.id === id))
}

/** Azure CLI can consent to application permissions only together with all registered ones. */
function roleGrants({ requiredResourceAccess }: Manifest): string[] {
  const hasRoles = requiredResourceAccess.some(({ resourceAccess }) =>
    resourceAccess.some(({ type }) => type === 'Role'),
  )
  return hasRoles ? ['az ad app permission admin-consent --id "$client_id" --output none'] : []
}

function byResource(permissions: readonly OrderedPermission[]): [resourceAppId: string, names: string[]][] {
  const names = new Map<string, string[]>()
  for (const { resourceAppId, value } of permissions) {
    names.set(resourceAppId, [...(names.get(resourceAppId) ?? []), value])
  }
  return [...names]
}
