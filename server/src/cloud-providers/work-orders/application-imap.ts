/**
 * Exchange commands that allow the application to read mailboxes by IMAP. Unlike for Graph, IMAP requires a service
 * principal, Full Access to each mailbox, and the role IMAP.AccessAsApp for the application. Running the commands again
 * changes nothing that already exists.
 *
 * @see docs/reference/microsoft-365.md §D.5
 */
import { objectIdExpression, type ScopingRequest } from './application-scoping.ts'
import { ps } from './shell-quoting.ts'

/** Application permission of Office 365 Exchange Online (docs/reference/microsoft-365.md §D.3). */
export const IMAP_ROLE = 'IMAP.AccessAsApp'

/** Returns undefined if there are no mailboxes. */
export function imapCommands(
  request: Pick<ScopingRequest, 'provider' | 'objectId' | 'addresses' | 'scriptNames'>,
): string | undefined {
  const { provider, addresses } = request
  const { name, clientId } = provider
  if (addresses.length === 0) return undefined
  return `# Lets the application read these mailboxes with IMAP. First grant the application permission ${IMAP_ROLE}
# of Office 365 Exchange Online in Entra ID, with admin consent. An Exchange admin runs it in PowerShell with the
# module ExchangeOnlineManagement.
$ErrorActionPreference = 'Stop'
${objectIdExpression(request)}
Connect-ExchangeOnline -ShowBanner:$false

if (-not (Get-ServicePrincipal -Identity $objectId -ErrorAction SilentlyContinue)) {
    New-ServicePrincipal -AppId ${ps(clientId)} -ObjectId $objectId -DisplayName ${ps(name)}
}
${addresses.map((address) => `Add-MailboxPermission -Identity ${ps(address)} -User $objectId -AccessRights FullAccess -AutoMapping $false`).join('\n')}
`
}
