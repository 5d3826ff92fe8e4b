import type { MapEntry } from './map-entry.ts'

/**
 * What Exchange Online answers by SMTP: enhanced status codes (RFC 3463), and beside those that stand for several things
 * the name in the answer that tells which.
 *
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
 */
export const SMTP: readonly MapEntry[] = [
  {
    codes: ['5.7.3'],
    who: 'entra-admin',
    cause:
      'Exchange answered "535 5.7.3 Authentication unsuccessful" to two fresh access tokens: the application lacks SMTP.Send, or SMTP AUTH is off for {address}.',
    where:
      'In Entra ID open the app registration, API permissions, and look for SMTP.Send of Office 365 Exchange Online with consent. In the Microsoft 365 admin center open Users, Active users, {address}, Mail, Manage email apps, and check Authenticated SMTP. Or let the mailbox be sent from by Graph.',
    commands: [
      {
        shell: 'exchange-powershell',
        line: 'Get-CASMailbox -Identity {address} | Format-List SmtpClientAuthenticationDisabled',
      },
      {
        shell: 'exchange-powershell',
        line: 'Set-CASMailbox -Identity {address} -SmtpClientAuthenticationDisabled $false',
      },
    ],
  },
  {
    codes: ['5.7.139 SmtpClientAuthentication'],
    who: 'entra-admin',
    cause: 'SMTP AUTH is switched off for {address}, or for the whole organization: that is what new ones begin with.',
    where:
      'Leave it off and let the mailbox be sent from by Graph, which needs no SMTP. Otherwise open Users, Active users, {address}, Mail, Manage email apps in the Microsoft 365 admin center, and check Authenticated SMTP: what is set at the mailbox counts before what is set for the organization.',
    commands: [
      {
        shell: 'exchange-powershell',
        line: 'Set-CASMailbox -Identity {address} -SmtpClientAuthenticationDisabled $false',
      },
    ],
  },
  {
    codes: ['5.7.139 basic authentication', '5.7.30'],
    who: 'postkey',
    cause: 'The server takes no passwords for sending any more.',
    where: 'In Postkey connect the mailbox with a Cloud Provider and sign in; no password is needed then.',
  },
  {
    codes: ['5.7.139'],
    who: 'entra-admin',
    cause: 'A policy of the organization keeps the sign-in by SMTP out: Conditional Access, or security defaults.',
    where:
      'In Entra ID open Monitoring, Sign-in logs, filter by the application and look at the tab Conditional Access of the failed sign-in. Let the application through there, or let the mailbox be sent from by Graph.',
  },
  {
    codes: ['5.7.60', '5.2.252', '5.2.252 SendAsDenied', '5.2.0 SendAsDenied'],
    who: 'entra-admin',
    cause: '{person} has no right to send as {address}.',
    where:
      'In the Exchange admin center open Recipients, Mailboxes, {address}, Delegation, Send as, and add {person}. It may take an hour to work; messages wait in the outbox and go out by themselves then.',
    commands: [
      {
        shell: 'exchange-powershell',
        only: 'person',
        line: 'Add-RecipientPermission -Identity {address} -Trustee {person} -AccessRights SendAs',
      },
    ],
  },
  {
    codes: ['5.1.8'],
    who: 'entra-admin',
    cause: 'Microsoft has blocked {address} from sending, because it was taken for a source of spam.',
    where:
      'Change the password of the account, then open Email & collaboration, Review, Restricted entities in the Microsoft Defender portal and unblock it.',
  },
  {
    codes: ['5.2.0 SubmissionQuotaExceeded', '5.7.708'],
    who: 'microsoft',
    cause: '{address}, or its organization, has sent as much as Exchange Online allows for now.',
    where: 'Nothing to do: messages wait in the outbox and go out when Microsoft allows it again.',
  },
  {
    codes: ['4.3.2 Concurrent connections', '4.3.2 sender thread limit'],
    who: 'microsoft',
    cause:
      'Exchange takes three connections and 30 messages a minute for {address}; other programs use them beside Postkey.',
    where:
      'Nothing to do: messages wait in the outbox. If it lasts, look for another program that sends with the same login.',
  },
  {
    codes: ['4.3.2', '4.2.0', '4.7.0', '4.5.3'],
    who: 'microsoft',
    cause: 'The server could not take the message for {address} just now, and said that it will later.',
    where: 'Nothing to do: messages wait in the outbox, and Postkey tries again with growing pauses.',
  },
  {
    codes: ['5.3.4'],
    who: 'person',
    cause: 'The message is larger than {address} may send; with what is attached it grows by a third on its way.',
    where: 'Send a link to the file, or several messages. An admin may allow up to 150 MB for the mailbox.',
    commands: [{ shell: 'exchange-powershell', line: 'Set-Mailbox -Identity {address} -MaxSendSize 150MB' }],
  },
  {
    codes: ['5.1.1', '5.1.3'],
    who: 'person',
    cause: 'The server refused the address of a recipient: there is none of that name, or it takes no mail from here.',
    where: 'Correct the address, or leave it out, and send the message again; the text is kept.',
  },
  {
    codes: ['5.7.4'],
    who: 'postkey',
    cause: 'The server does not offer the sign-in with a token (XOAUTH2) that Exchange Online has.',
    where: 'A proxy that inspects mail may stand in between, or the server is another one: check host and port.',
  },
  {
    codes: ['5.5.3'],
    who: 'person',
    cause: 'The message has more recipients than {address} may send to at once: 500 unless an admin changed it.',
    where: 'Send several messages to fewer recipients each, or to a distribution list.',
  },
]
