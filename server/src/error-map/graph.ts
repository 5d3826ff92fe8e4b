import { CATALOGUE } from '../kernel/errors.ts'
import type { RemedyCommand, MapEntry } from './map-entry.ts'

const REPORT = 'Report it with the details for support. Everything already stored is kept.'
const WAITS = 'Nothing to do: Postkey waits and tries again.'

/** Codes about an invalid request. All of them have one explanation. */
const REFUSED_REQUEST = CATALOGUE['transports.request_refused'].microsoft!

const fullAccess: readonly RemedyCommand[] = [
  { shell: 'exchange-powershell', only: 'person', line: 'Get-MailboxPermission -Identity {address} -User {person}' },
  {
    shell: 'exchange-powershell',
    only: 'person',
    line: 'Add-MailboxPermission -Identity {address} -User {person} -AccessRights FullAccess',
  },
  {
    shell: 'exchange-powershell',
    only: 'application',
    line: 'Test-ServicePrincipalAuthorization -Identity {clientId} -Resource {address}',
  },
]
const recipient: RemedyCommand = { shell: 'exchange-powershell', line: 'Get-EXORecipient -Identity {address}' }

/**
 * Error codes of Microsoft Graph, and of Exchange through Graph, about a mailbox. @see
 * https://learn.microsoft.com/graph/errors
 */
export const GRAPH: readonly MapEntry[] = [
  {
    codes: ['InvalidAuthenticationToken', 'TokenIssuedBeforeRevocationTimestamp'],
    who: 'microsoft',
    cause: 'Graph rejected the access token: it has expired, was revoked, or is for another cloud.',
    where:
      'Nothing to do at first: Postkey gets a new token. If it lasts, run the doctor for the mailbox. It compares clock, cloud, audience and scopes.',
  },
  {
    codes: ['LocationConditionEvaluationSatisfied'],
    who: 'person',
    cause:
      'Microsoft requires an immediate check of the sign-in, because of this server’s location or a change to the account.',
    where:
      'Nothing to do at first: Postkey requests a new token with the claims that Microsoft requires. If the state doesn’t change, open the email account in Postkey and select "Sign in again", as {person}.',
  },
  {
    codes: ['ErrorAccessDenied', 'AccessDenied', 'Authorization_RequestDenied'],
    who: 'entra-admin',
    cause:
      'Exchange doesn’t let {person} into {address}: Full Access or a permission of the application is missing, or a policy excludes the mailbox.',
    where:
      'In the Exchange admin center, open Recipients, Mailboxes, {address}, Delegation, Read and manage (Full Access), and add {person}. It can take an hour to take effect.',
    commands: fullAccess,
  },
  {
    codes: ['ErrorSendAsDenied'],
    who: 'entra-admin',
    cause: '{person} has no right to send as {address}.',
    where:
      'In the Exchange admin center, open Recipients, Mailboxes, {address}, Delegation, Send as, and add {person}. It can take an hour to take effect; messages wait in the outbox.',
    commands: [
      {
        shell: 'exchange-powershell',
        only: 'person',
        line: 'Add-RecipientPermission -Identity {address} -Trustee {person} -AccessRights SendAs',
      },
      fullAccess[2]!,
    ],
  },
  {
    codes: ['ErrorInvalidUser', 'ErrorNonExistentMailbox', 'Request_ResourceNotFound', 'ResourceNotFound'],
    who: 'entra-admin',
    cause: 'Microsoft 365 has no mailbox {address}: it was renamed or deleted, or the address has a typo.',
    where:
      'In the Microsoft 365 admin center, look under Users, Active users and Deleted users, and under Teams & groups, Shared mailboxes. Enter a new address in the email account in Postkey.',
    commands: [recipient],
  },
  {
    codes: ['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI', 'ErrorInvalidLicense'],
    who: 'entra-admin',
    cause: '{address} has no Exchange Online license, is deleted, or is on the organization’s own server.',
    where:
      'In the Microsoft 365 admin center, open Users, Active users, {address}, Licenses and apps, and assign a license with Exchange Online.',
    commands: [
      recipient,
      {
        shell: 'graph-powershell',
        scopes: 'User.Read.All',
        line: 'Get-MgUserLicenseDetail -UserId {address}',
      },
    ],
  },
  {
    codes: ['ErrorQuotaExceeded', 'quotaLimitReached'],
    who: 'entra-admin',
    cause: '{address} is full.',
    where:
      'Delete or archive mail in the mailbox. Or open Recipients, Mailboxes, {address} in the Exchange admin center and enable the archive. Messages wait in the outbox.',
    commands: [{ shell: 'exchange-powershell', line: 'Get-EXOMailboxStatistics -Identity {address}' }],
  },
  {
    codes: ['ApplicationThrottled', 'activityLimitReached', 'TooManyRequests'],
    who: 'microsoft',
    cause: 'All programs that use {address} together send more requests than Microsoft allows.',
    where: `${WAITS} If it lasts, look for another program that reads the same mailbox.`,
  },
  {
    codes: ['ErrorExceededMessageLimit'],
    who: 'microsoft',
    cause: '{address} has reached Exchange Online’s sending limit.',
    where: 'Nothing to do: messages wait in the outbox and are sent when Microsoft allows it again.',
  },
  {
    codes: [
      'ErrorInternalServerError',
      'InternalServerError',
      'serviceNotAvailable',
      'UnknownError',
      'ErrorServerBusy',
      'MailboxInfoStale',
      'ErrorExecuteSearchStaleData',
      'Directory_ExpiredPageToken',
    ],
    who: 'microsoft',
    cause: 'Exchange Online has a problem, or the mailbox is being moved.',
    where: `${WAITS} If it lasts an hour, check Health, Service health in the Microsoft 365 admin center.`,
  },
  {
    codes: ['ErrorItemNotFound', 'ErrorFolderNotFound', 'NotFound'],
    who: 'microsoft',
    cause: 'The message or folder is no longer in {address}: it was moved or deleted there.',
    where: 'Nothing to do: the next sync finds the current state of the mailbox.',
  },
  {
    codes: ['resyncRequired', 'syncStateNotFound', 'SyncStateInvalid', 'InvalidSyncStateData'],
    who: 'microsoft',
    cause: 'Exchange no longer has the sync position of the folder. This is routine.',
    where: 'Nothing to do: Postkey reads the folder again, and no message appears twice.',
  },
  {
    codes: [
      'Conflict',
      'ErrorIrresolvableConflict',
      'ObjectIdentifierInUse',
      'ErrorFolderExists',
      'ErrorMoveCopyFailed',
    ],
    who: 'microsoft',
    cause: 'Another user or program changed the same item in {address} at the same time.',
    where: WAITS,
  },
  {
    codes: ['ErrorInvalidRecipients'],
    who: 'person',
    cause: 'Exchange rejected a recipient of the message.',
    where: 'Open the message in Postkey, correct the addresses and send it again.',
  },
  {
    codes: ['ErrorMessageSizeExceeded', 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize'],
    who: 'person',
    cause: 'The message or an attachment is larger than {address} allows.',
    where:
      'Send a link instead of the file, or in the Exchange admin center open Recipients, Mailboxes, {address}, Message size restriction.',
    commands: [
      {
        shell: 'exchange-powershell',
        line: 'Get-EXOMailbox -Identity {address} -Properties MaxSendSize,MaxReceiveSize',
      },
    ],
  },
  {
    codes: ['ErrorInvalidItemForOperationSendItem', 'ErrorInvalidPropertyUpdateSentMessage'],
    who: 'microsoft',
    cause: 'The message was already sent, perhaps from Outlook.',
    where: 'Check Sent Items of {address}. Postkey doesn’t send the message a second time.',
  },
  {
    codes: [...REFUSED_REQUEST.graph!, ...REFUSED_REQUEST.graphByStatus!],
    who: 'postkey',
    cause: 'Graph rejected Postkey’s request as invalid.',
    where: REPORT,
  },
]
