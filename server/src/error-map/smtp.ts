import type { MapEntry } from './map-entry.ts'

/**
 * SMTP replies of Exchange Online: enhanced status codes (RFC 3463). A code with several meanings is followed by the
 * name in the reply that tells them apart.
 *
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
 */
export const SMTP: readonly MapEntry[] = [
  {
    codes: ['5.7.3'],
    who: 'entra-admin',
    cause:
      'Exchange answered "535 5.7.3 Authentication unsuccessful" to two new access tokens: the application lacks SMTP.Send, or SMTP AUTH is off for {address}.',
    where:
      'In Entra ID, open the app registration, API permissions, and look for SMTP.Send of Office 365 Exchange Online with consent. In the Microsoft 365 admin center, open Users, Active users, {address}, Mail, Manage email apps, and select Authenticated SMTP. Or switch the mailbox to sending with Graph.',
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
    cause: 'SMTP AUTH is off for {address}, or for the whole organization. It’s off by default in new organizations.',
    where:
      'Leave it off and switch the mailbox to sending with Graph, which doesn’t need SMTP. Or open Users, Active users, {address}, Mail, Manage email apps in the Microsoft 365 admin center, and select Authenticated SMTP. The setting of the mailbox overrides the setting of the organization.',
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
    cause: 'The server no longer accepts passwords for sending.',
    where: 'In Postkey, connect the mailbox with a Cloud Provider and sign in. You don’t need a password for that.',
  },
  {
    codes: ['5.7.139'],
    who: 'entra-admin',
    cause: 'A policy of the organization blocks sign-ins with SMTP: Conditional Access, or security defaults.',
    where:
      'In Entra ID, open Monitoring, Sign-in logs, filter by the application and open the tab Conditional Access of the failed sign-in. Exclude the application from that policy, or switch the mailbox to sending with Graph.',
  },
  {
    codes: ['5.7.60', '5.2.252', '5.2.252 SendAsDenied', '5.2.0 SendAsDenied'],
    who: 'entra-admin',
    cause: '{person} has no right to send as {address}.',
    where:
      'In the Exchange admin center, open Recipients, Mailboxes, {address}, Delegation, Send as, and add {person}. It can take an hour to take effect; messages wait in the outbox and are then sent automatically.',
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
    cause: 'Microsoft blocked {address} from sending because it was classified as a source of spam.',
    where:
      'Change the password of the account. Then open Email & collaboration, Review, Restricted entities in the Microsoft Defender portal and unblock it.',
  },
  {
    codes: ['5.2.0 SubmissionQuotaExceeded', '5.7.708'],
    who: 'microsoft',
    cause: '{address} or its organization has reached Exchange Online’s sending limit.',
    where: 'Nothing to do: messages wait in the outbox and are sent when Microsoft allows it again.',
  },
  {
    codes: ['4.3.2 Concurrent connections', '4.3.2 sender thread limit'],
    who: 'microsoft',
    cause:
      'Exchange allows three connections and 30 messages a minute for {address}, and other programs use part of that limit.',
    where:
      'Nothing to do: messages wait in the outbox. If it lasts, look for another program that sends with the same login.',
  },
  {
    codes: ['4.3.2', '4.2.0', '4.7.0', '4.5.3'],
    who: 'microsoft',
    cause: 'The server temporarily rejected the message for {address} and will accept it later.',
    where: 'Nothing to do: messages wait in the outbox, and Postkey retries with increasing delays.',
  },
  {
    codes: ['5.3.4'],
    who: 'person',
    cause: 'The message is larger than {address} can send. Attachments grow by a third when they’re sent.',
    where:
      'Send a link to the file, or split it across several messages. An admin can raise the limit of the mailbox to up to 150 MB.',
    commands: [{ shell: 'exchange-powershell', line: 'Set-Mailbox -Identity {address} -MaxSendSize 150MB' }],
  },
  {
    codes: ['5.1.1', '5.1.3'],
    who: 'person',
    cause: 'The server rejected a recipient’s address: the address doesn’t exist, or it doesn’t accept mail from here.',
    where: 'Correct or remove the address and send the message again. The text is kept.',
  },
  {
    codes: ['5.7.4'],
    who: 'postkey',
    cause: 'The server doesn’t offer sign-in with a token (XOAUTH2), which Exchange Online supports.',
    where: 'A proxy that inspects mail may be in between, or the server isn’t Exchange Online: check host and port.',
  },
  {
    codes: ['5.5.3'],
    who: 'person',
    cause: 'The message has more recipients than {address} can send to at once: 500 unless an admin changed the limit.',
    where: 'Send several messages with fewer recipients each, or use a distribution list.',
  },
]
