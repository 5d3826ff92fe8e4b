/**
 * The commands by which Exchange lets the application into chosen mailboxes and into no other (RBAC for Applications),
 * with everything filled in. Run again they bring the limit up to date, so one script serves the first mailbox and the
 * fiftieth. All that is filled in is quoted: names and addresses are anybody's text.
 *
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
import type { ScriptNames } from '../clouds/cloud.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import { applicationPermissionsFor, type PermissionChoice } from '../clouds/permissions.ts'
import { ps } from './shell-quoting.ts'

export interface ScopingRequest extends Pick<PermissionChoice, 'receives' | 'sends'> {
  provider: Pick<CloudProvider, 'name' | 'clientId'>
  /** Of the enterprise application, not of the registration: the classic mistake. Looked up by the script when unknown. */
  objectId: string | undefined
  /** Of the cloud. Without them the script can't look up the enterprise application. */
  scriptNames: ScriptNames | undefined
  /** All that the application is to open; what is not among them is closed to it. */
  addresses: readonly string[]
}

/** Undefined when there is no mailbox: a scope of nothing would be one of everything. */
export function scopingCommands(wish: ScopingRequest): string | undefined {
  const { provider, addresses, receives, sends } = wish
  if (addresses.length === 0) return undefined
  const { name, clientId } = provider
  const scope = `Postkey ${clientId.slice(0, 8)}`
  // Those of IMAP are no roles of Exchange: it asks for Full Access there.
  const roles = applicationPermissionsFor({ receives, sends })
    .filter(({ resource }) => resource === 'graph')
    .map(({ value }) => `Application ${value}`)
  return `# Lets the application into exactly these mailboxes (RBAC for Applications). Run by an Exchange admin in PowerShell
# with the module ExchangeOnlineManagement. Run it again whenever the list has changed.
$ErrorActionPreference = 'Stop'
${objectIdOf(wish)}
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

# InScope has to be True for each. What Exchange remembers of before is good for up to two hours.
${addresses.map((address) => `Test-ServicePrincipalAuthorization -Identity $objectId -Resource ${ps(address)} | Format-Table`).join('\n')}
`
}

/** Object ID of the enterprise application, looked up by the script in the cloud of the provider when it is not known. */
export function objectIdOf({
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

/** A string in a filter of Exchange (OPATH), inside of which a quote is doubled. */
function opath(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
