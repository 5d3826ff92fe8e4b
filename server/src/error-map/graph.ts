import type { RemedyCommand, MapEntry } from './map-entry.ts'

const REPORT = 'Report it with the details for support. What was stored before is kept.'
const WAITS = 'Nothing to do: Postkey waits and tries again.'

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

/** What Microsoft Graph and the Exchange behind it say about a mailbox. @see https://learn.microsoft.com/graph/errors */
export const GRAPH: readonly MapEntry[] = [
  {
    codes: ['InvalidAuthenticationToken', 'TokenIssuedBeforeRevocationTimestamp'],
    who: 'microsoft',
    cause: 'Graph does not accept the access token: it has expired, was revoked, or is of another cloud.',
    where:
      'Nothing to do at first: Postkey gets another one. If it lasts, run the doctor for the mailbox, which compares clock, cloud, audience and scopes.',
  },
  {
    codes: ['LocationConditionEvaluationSatisfied'],
    who: 'person',
    cause:
      'Microsoft wants to look at the sign-in again at once, because of where this server is or of what was changed at the account.',
    where:
      'Nothing to do at first: Postkey asks for another token with what Microsoft wants in it. If the state stays, open the email account in Postkey and press "Sign in again", as {person}.',
  },
  {
    codes: ['ErrorAccessDenied', 'AccessDenied', 'Authorization_RequestDenied'],
    who: 'entra-admin',
    cause:
      'Exchange does not let {person} into {address}: Full Access is missing, a permission of the application, or a policy leaves the mailbox out.',
    where:
      'In the Exchange admin center open Recipients, Mailboxes, {address}, Delegation, Read and manage (Full Access), and add {person}. It may take an hour to work.',
    commands: fullAccess,
  },
  {
    codes: ['ErrorSendAsDenied'],
    who: 'entra-admin',
    cause: '{person} has no right to send as {address}.',
    where:
      'In the Exchange admin center open Recipients, Mailboxes, {address}, Delegation, Send as, and add {person}. It may take an hour to work; messages wait in the outbox.',
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
    cause: 'Microsoft 365 knows no mailbox {address}: it was renamed, deleted, or the address has a slip in it.',
    where:
      'In the Microsoft 365 admin center look under Users, Active users and Deleted users, and under Teams & groups, Shared mailboxes. Enter a new address in Postkey at the email account.',
    commands: [recipient],
  },
  {
    codes: ['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI', 'ErrorInvalidLicense'],
    who: 'entra-admin',
    cause: '{address} has no Exchange Online license, is deleted, or lies on a server of the organization’s own.',
    where:
      'In the Microsoft 365 admin center open Users, Active users, {address}, Licenses and apps, and assign one with Exchange Online.',
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
      'Delete or archive mail in the mailbox, or in the Exchange admin center open Recipients, Mailboxes, {address}, and enable the archive. Messages wait in the outbox.',
    commands: [{ shell: 'exchange-powershell', line: 'Get-EXOMailboxStatistics -Identity {address}' }],
  },
  {
    codes: ['ApplicationThrottled', 'activityLimitReached', 'TooManyRequests'],
    who: 'microsoft',
    cause: 'More was asked of {address} at a time than Microsoft allows, by all programs that use it together.',
    where: `${WAITS} If it lasts, look for another program that reads the same mailbox.`,
  },
  {
    codes: ['ErrorExceededMessageLimit'],
    who: 'microsoft',
    cause: '{address} has sent as much as Exchange Online allows for now.',
    where: 'Nothing to do: messages wait in the outbox and go out when Microsoft allows it again.',
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
    cause: 'Exchange Online has trouble of its own, or the mailbox is being moved.',
    where: `${WAITS} If it lasts an hour, look at Health, Service health in the Microsoft 365 admin center.`,
  },
  {
    codes: ['ErrorItemNotFound', 'ErrorFolderNotFound', 'NotFound'],
    who: 'microsoft',
    cause: 'The message or folder is not in {address} any more: somebody moved or deleted it there.',
    where: 'Nothing to do: the next look at the mailbox finds what is there.',
  },
  {
    codes: ['resyncRequired', 'syncStateNotFound', 'SyncStateInvalid', 'InvalidSyncStateData'],
    who: 'microsoft',
    cause: 'Exchange forgot how far the folder was read, which is routine.',
    where: 'Nothing to do: the folder is read again, and no message comes twice.',
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
    cause: 'Somebody else changed the same thing in {address} at the same time.',
    where: WAITS,
  },
  {
    codes: ['ErrorInvalidRecipients'],
    who: 'person',
    cause: 'Exchange does not take one of the recipients of the message.',
    where: 'Open the message in Postkey, correct the addresses and send it again.',
  },
  {
    codes: ['ErrorMessageSizeExceeded', 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize'],
    who: 'person',
    cause: 'The message or an attachment has a size that {address} does not take.',
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
    cause: 'The message was sent already, perhaps from Outlook.',
    where: 'Look into Sent Items of {address}. Postkey sends it no second time.',
  },
  {
    codes: [
      'ErrorInvalidIdMalformed',
      'InefficientFilter',
      'ErrorMimeContentInvalidBase64String',
      'RequestBodyRead',
      'BadRequest',
      'FailedDependency',
      'NotSupported',
      'InvalidRequest',
      'ErrorInvalidRequest',
      'ErrorInvalidUrlQuery',
      'ErrorInvalidUrlQueryFilter',
      'ErrorInvalidPropertySet',
      'ErrorMoveDistinguishedFolder',
      'ErrorDeleteDistinguishedFolder',
      'InvalidInternetMessageHeader',
      'InvalidInternetMessageHeaderCollection',
      'InvalidAudienceForResource',
      'ExtensionError',
      'ValidationError',
      'invalidRange',
      'Request_BadRequest',
      'Request_UnsupportedQuery',
      'Request_MultipleObjectsWithSameKeyValue',
    ],
    who: 'postkey',
    cause: 'Graph did not understand what Postkey asked.',
    where: REPORT,
  },
]
