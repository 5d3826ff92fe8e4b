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
 * Errors of Exchange Online over IMAP. Exchange sends sentences instead of codes; the names here are Postkey's.
 *
 * @see
 *   https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
export const IMAP: readonly MapEntry[] = [
  {
    codes: ['AuthenticateFailed', 'AUTHENTICATIONFAILED'],
    who: 'entra-admin',
    cause:
      'Exchange answered "NO AUTHENTICATE failed." to a new access token: the token is for another resource, lacks the IMAP permission, or isn’t for {address}.',
    where:
      'In Entra ID, open the app registration, API permissions, and look for IMAP.AccessAsUser.All of Office 365 Exchange Online (IMAP.AccessAsApp for an application) with admin consent. Then sign in again in Postkey.',
    commands: imapOn,
  },
  {
    codes: ['AuthenticatedButNotConnected'],
    who: 'entra-admin',
    cause:
      'Exchange accepted the sign-in and then answered "User is authenticated but not connected": IMAP is off for {address}, {person} has no Full Access to it, or it has no license.',
    where:
      'In the Exchange admin center, open Recipients, Mailboxes, {address}, Email apps, and turn IMAP on. Under Delegation, give {person} Full Access. It can take an hour to take effect.',
    commands: [...imapOn, fullAccess],
  },
  {
    codes: ['AccessTokenExpired'],
    who: 'microsoft',
    cause: 'The access token of the session expired, and Exchange closed the connection.',
    where: 'Nothing to do: Postkey reconnects with a new token.',
  },
  {
    codes: ['RequestThrottled'],
    who: 'microsoft',
    cause: 'Exchange limits requests to {address} for now and named the time when the limit ends.',
    where: 'Nothing to do: Postkey continues at that time. Close other programs that read the same mailbox with IMAP.',
  },
  {
    codes: ['TooManyConnections'],
    who: 'person',
    cause: '{address} has more open connections than the server allows.',
    where: 'Close other mail programs and phones that have the mailbox open. Postkey uses at most two connections.',
  },
  {
    codes: ['BasicAuthenticationDisabled'],
    who: 'postkey',
    cause: 'The server no longer accepts passwords (basic authentication is disabled).',
    where: 'In Postkey, connect the mailbox with a Cloud Provider and sign in. You don’t need a password for that.',
  },
  {
    codes: ['ServerUnavailable'],
    who: 'microsoft',
    cause: 'Exchange, or the part that hosts the mailbox, is busy.',
    where: 'Nothing to do: Postkey retries with increasing delays.',
  },
  {
    codes: ['OVERQUOTA'],
    who: 'person',
    cause: '{address} is full: nothing can be stored in it, including copies of sent mail.',
    where: 'Empty Deleted Items, or archive old mail. An admin can increase the mailbox size.',
  },
]
