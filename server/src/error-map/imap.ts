import type { RemedyCommand, MapEntry } from './map-entry.ts'

const imapOn: readonly RemedyCommand[] = [
  { shell: 'exchange-powershell', line: 'Get-CASMailbox -Identity {address} | Format-List ImapEnabled' },
  { shell: 'exchange-powershell', line: 'Set-CASMailbox -Identity {address} -ImapEnabled $true' },
]
const fullAccess: RemedyCommand = {
  shell: 'exchange-powershell',
  only: 'person',
  line: 'Add-MailboxPermission -Identity {address} -User {person} -AccessRights FullAccess',
}

/**
 * What Exchange Online says over IMAP. It has sentences where Graph has codes; the names here are ours for them.
 *
 * @see https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
export const IMAP: readonly MapEntry[] = [
  {
    codes: ['AuthenticateFailed', 'AUTHENTICATIONFAILED'],
    who: 'entra-admin',
    cause:
      'Exchange answered "NO AUTHENTICATE failed." to a fresh access token: it is of another resource, lacks the permission for IMAP, or is not for {address}.',
    where:
      'In Entra ID open the app registration, API permissions, and look for IMAP.AccessAsUser.All of Office 365 Exchange Online (IMAP.AccessAsApp for an application) with admin consent. Then sign in again in Postkey.',
    commands: imapOn,
  },
  {
    codes: ['AuthenticatedButNotConnected'],
    who: 'entra-admin',
    cause:
      'Exchange accepted the sign-in and then said "User is authenticated but not connected": IMAP is off for {address}, {person} has no Full Access to it, or it has no license.',
    where:
      'In the Exchange admin center open Recipients, Mailboxes, {address}, Email apps, and turn IMAP on; under Delegation give {person} Full Access. It may take an hour to work.',
    commands: [...imapOn, fullAccess],
  },
  {
    codes: ['AccessTokenExpired'],
    who: 'microsoft',
    cause: 'The access token of the session reached its end, and Exchange closed the connection.',
    where: 'Nothing to do: Postkey connects again with a fresh token.',
  },
  {
    codes: ['RequestThrottled'],
    who: 'microsoft',
    cause: 'Exchange wants fewer requests at {address} for a while and named the time.',
    where: 'Nothing to do: Postkey goes on at that time. Close other programs that read the same mailbox by IMAP.',
  },
  {
    codes: ['TooManyConnections'],
    who: 'person',
    cause: 'More connections to {address} are open than the server allows.',
    where: 'Close other mail programs and phones that have the mailbox open. Postkey holds at most two.',
  },
  {
    codes: ['BasicAuthenticationDisabled'],
    who: 'postkey',
    cause: 'The server takes no passwords any more (basic authentication is disabled).',
    where: 'In Postkey connect the mailbox with a Cloud Provider and sign in; no password is needed then.',
  },
  {
    codes: ['ServerUnavailable'],
    who: 'microsoft',
    cause: 'Exchange is busy, or the part of it in which the mailbox lies is.',
    where: 'Nothing to do: Postkey tries again with growing pauses.',
  },
  {
    codes: ['OVERQUOTA'],
    who: 'person',
    cause: '{address} is full: nothing can be laid into it, copies of sent mail included.',
    where: 'Empty Deleted Items, or archive old mail. An admin may give the mailbox more room.',
  },
]
