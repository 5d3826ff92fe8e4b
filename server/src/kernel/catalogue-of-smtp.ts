import type { CatalogueEntry } from './errors.ts'

/** What may go wrong on the way out by SMTP. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const BY_SMTP = {
  'transports.smtp_unreachable': {
    title: 'The server that sends mail cannot be reached',
    remedy: 'wait',
    fix: 'Messages wait in the outbox and Postkey tries again with growing pauses. When it lasts, check host and port of the email account, and whether a firewall lets this server out to port 587.',
  },
  'transports.smtp_timed_out': {
    title: 'The server that sends mail did not answer in time',
    remedy: 'wait',
    fix: 'Nothing was sent: messages wait in the outbox, and Postkey tries again with growing pauses. When it lasts, look at the load of the mail server and at the line between it and this one; a port that expects TLS answers like that to a connection without it.',
  },
  'transports.smtp_tls_refused': {
    title: 'The connection to the server that sends mail could not be protected',
    remedy: 'admin',
    fix: 'Its certificate is not trusted, is of another name or has ended, or the port speaks no TLS of that kind. Correct host, port and TLS of the email account, or enter the certificate authority of the server. Postkey sends nothing over a connection that anybody could read, and accepts no certificate that it cannot check. Messages wait in the outbox.',
  },
  'transports.smtp_not_understood': {
    title: 'What answers there does not speak SMTP as it should',
    remedy: 'wait',
    fix: 'Nothing was sent: messages wait in the outbox, and Postkey tries again later. When it lasts, check host and port: a web server, or a proxy that inspects mail, may stand in the way.',
  },
  'transports.smtp_unavailable': {
    title: 'The server that sends mail put the message off',
    remedy: 'wait',
    fix: 'Nothing was sent: messages wait in the outbox, and Postkey tries again with growing pauses. When it lasts, read what the server said beside this, and ask whoever runs it.',
  },
  'transports.smtp_cut': {
    title: 'The connection broke after the whole message was handed over',
    remedy: 'wait',
    fix: 'Nobody knows yet whether the server took it. Postkey looks for its copy in the Sent folder and sends nothing twice.',
  },
  'transports.smtp_token_refused': {
    title: 'Exchange refused two fresh access tokens for SMTP',
    remedy: 'admin',
    fix: 'Check that the app registration has SMTP.Send of Office 365 Exchange Online with consent, and that SMTP AUTH is on for the mailbox: Set-CASMailbox <mailbox> -SmtpClientAuthenticationDisabled $false. Or let the mailbox be sent from by Graph, which needs neither. Messages wait in the outbox.',
  },
  'transports.smtp_off': {
    title: 'SMTP AUTH is switched off for the mailbox or its organization',
    remedy: 'admin',
    fix: 'Switch it on: Set-CASMailbox <mailbox> -SmtpClientAuthenticationDisabled $false. What is set at the mailbox counts before what is set for the organization. Or let the mailbox be sent from by Graph. Messages wait in the outbox.',
  },
  'transports.smtp_sign_in_blocked': {
    title: 'A policy of the organization blocks the sign-in by SMTP',
    remedy: 'admin',
    fix: 'Look into the sign-in logs of Entra ID for which Conditional Access policy it was, or whether security defaults are on, and let this application through; or let the mailbox be sent from by Graph. Messages wait in the outbox.',
  },
  'transports.smtp_password_refused': {
    title: 'The server that sends mail refused user name and password',
    remedy: 'admin',
    fix: 'Enter the password anew at the email account. Many providers want an app password there and not the one of the web page, and some want SMTP to be allowed first. Messages wait in the outbox.',
  },
  'transports.smtp_no_passwords': {
    title: 'The server takes no passwords for sending',
    remedy: 'admin',
    fix: 'Connect the mailbox with a Cloud Provider and sign in; no password is needed then. Microsoft has ended passwords for sending (Basic authentication). Messages wait in the outbox.',
  },
  'transports.smtp_message_refused': {
    title: 'The server refused the message',
    remedy: 'admin',
    fix: 'Read what it said beside this: content or an attachment was not accepted, often by a filter. Change the message and send it again; the text is kept.',
  },
  'transports.smtp_sender_blocked': {
    title: 'Microsoft has blocked the mailbox from sending',
    remedy: 'admin',
    fix: 'It was taken for a source of spam. An admin removes it under "Restricted entities" in the Microsoft Defender portal, after the password was changed. Messages wait in the outbox.',
  },
  'transports.smtp_too_many_connections': {
    title: 'Other programs use up what the server allows this login to send',
    remedy: 'wait',
    fix: 'Other programs use up what the server allows: Exchange Online takes three connections and 30 messages a minute of one login. Messages wait in the outbox, and Postkey tries again; look for other programs that send with the same login.',
  },
  'transports.no_sent_folder': {
    title: 'The mailbox has no folder for sent mail',
    remedy: 'admin',
    fix: 'The message was sent. Open the email account in Postkey, choose under Folders where sent mail is stored, and press "Store the copy again" at the message.',
  },
  'transports.smtp_pace': {
    title: 'Postkey sends as many messages a minute as the server allows',
    remedy: 'wait',
    fix: 'Nothing to do: messages wait in the outbox and go out in order, the oldest first. Exchange Online takes 30 messages a minute by SMTP from one sign-in, all its mailboxes together.',
  },
} as const satisfies Record<string, CatalogueEntry>
