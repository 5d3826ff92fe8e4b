/**
 * Exchange commands that give the application access to selected mailboxes only (RBAC for Applications), with all
 * values filled in. Running the script again updates the scope, so one script serves the first mailbox and the
 * fiftieth. All values are quoted, because names and addresses are untrusted text.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
import type { ScriptNames } from '../clouds/cloud.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import { applicationPermissionsFor, type PermissionChoice } from '../clouds/permissions.ts'
import { ps } from './shell-quoting.ts'

export interface ScopingRequest extends Pick<PermissionChoice, 'receives' | 'sends'> {
  provider: Pick<CloudProvider, 'name' | 'clientId'>
  /**
   * Object ID of the enterprise application. It is often confused with the object ID of the registration. If undefined,
   * the script looks it up.
   */
  objectId: string | undefined
  /** Environment names of the cloud. Without them, the script can't look up the enterprise application. */
  scriptNames: ScriptNames | undefined
  /** All mailboxes that the application may open. It has no access to others. */
  addresses: readonly string[]
}

/** Returns undefined if there are no mailboxes, because an empty scope would mean all mailboxes. */
export function scopingCommands(request: ScopingRequest): string | undefined {
  const { provider, addresses, receives, sends } = request
  if (addresses.length === 0) return undefined
  const { name, clientId } = provider
  const scope = `Postkey ${clientId.slice(0, 8)}`
  // IMAP permissions are not Exchange roles; Exchange requires Full Access instead.
  const roles = applicationPermissionsFor({ receives, sends })
    .filter(({ resource }) => resource === 'graph')
    .map(({ value }) => `Application ${value}`)
  return `# Gives the application access to exactly these mailboxes (RBAC for Applications). An Exchange admin runs it in
# PowerShell with the module ExchangeOnlineManagement, and again after each change of the list.
$ErrorActionPreference = 'Stop'
${objectIdExpression(request)}
Connect-ExchangeOnline -ShowBanner:$false

$scope = ${ps(scope)}
$filter = ${ps(addresses.map((address) => `PrimarySmtpAddress -eq ${opath(address)}`).join(' -or '))}

if (-not (Get-ServicePrincipal -Identity $objectId -ErrorAction SilentlyContinue)) {
    New-ServicePrincipal -AppId ${ps(clientId)} -ObjectId $objectId -DisplayName ${ps(name)}
}
if (Get-ManagementScope -Identity $scope -ErrorAction SilentlyContinue) {
    Set-ManagementScope -Identity $scope -RecipientRestrictionFilter $filter
} else {
    New-ManagementScope -Name $scope -RecipientRestrictionFilter $filter
}
${roles.map((role) => assignment(role, scope)).join('\n')}

# InScope must be True for each mailbox. Exchange can take up to two hours to apply changes.
${addresses.map((address) => `Test-ServicePrincipalAuthorization -Identity $objectId -Resource ${ps(address)} | Format-Table`).join('\n')}
`
}

/** Object ID of the enterprise application. If unknown, the script looks it up in the provider's cloud. */
export function objectIdExpression({
  provider: { clientId },
  objectId,
  scriptNames,
}: Pick<ScopingRequest, 'provider' | 'objectId' | 'scriptNames'>): string {
  const known = objectId ?? (scriptNames ? undefined : '<Object ID of the enterprise application>')
  if (known !== undefined) return `$objectId = ${ps(known)} # of the enterprise application`
  return `Connect-MgGraph -Environment ${scriptNames?.graphPowerShell} -Scopes 'Application.Read.All' -NoWelcome # module Microsoft.Graph
$objectId = (Get-MgServicePrincipal -Filter "appId eq '${clientId}'").Id # of the enterprise application`
}

function assignment(role: string, scope: string): string {
  const name = ps(`${role} ${scope}`)
  return `if (-not (Get-ManagementRoleAssignment -Identity ${name} -ErrorAction SilentlyContinue)) {
    New-ManagementRoleAssignment -Name ${name} -Role ${ps(role)} -App $objectId -CustomResourceScope $scope
}`
}

/** Quotes a string for an Exchange filter (OPATH), where a quote inside is doubled. */
function opath(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
