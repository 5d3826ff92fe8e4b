import type { CatalogueEntry } from './errors.ts'

/** What may go wrong where mail is read by IMAP. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const OF_IMAP = {
  'transports.imap_unreachable': {
    title: 'The mail server cannot be reached',
    remedy: 'wait',
    fix: 'Postkey tries again with growing pauses and nothing is lost. When it lasts, check host and port of the email account, and whether a firewall lets this server out to port 993.',
  },
  'transports.imap_timed_out': {
    title: 'The mail server did not answer in time',
    remedy: 'wait',
    fix: 'Postkey tries again with growing pauses and nothing is lost. When it lasts, look at the load of the mail server and at the line between it and this one; a port that expects TLS answers like that to a connection without it.',
  },
  'transports.imap_unavailable': {
    title: 'The mail server closed the connection',
    remedy: 'wait',
    fix: 'Postkey connects again and goes on where it was. When it lasts, look at the service health page of Microsoft 365 or ask whoever runs the mail server.',
  },
  'transports.imap_session_ended': {
    title: 'The mail server ended the session because its access token had expired',
    remedy: 'wait',
    fix: 'Postkey connects again with a fresh one and goes on where it was. Nothing is lost.',
  },
  'transports.imap_not_understood': {
    title: 'What answers there does not speak IMAP as it should',
    remedy: 'wait',
    fix: 'Postkey tries again later. When it lasts, check host and port: a web server, or a proxy that inspects mail, may stand in the way.',
  },
  'transports.imap_refused': {
    title: 'The mail server refused what Postkey asked',
    remedy: 'wait',
    fix: 'Postkey tries again with growing pauses. When it lasts, open the mailbox with another mail program to see whether it is in order.',
  },
  'transports.imap_too_many_connections': {
    title: 'The mail server counts too many connections to the mailbox',
    remedy: 'wait',
    fix: 'Postkey holds at most two and tries again. Close other mail programs and phones that have the mailbox open, or other programs that sign in to it often.',
  },
  'transports.imap_no_idle': {
    title: 'The mail server cannot tell of new mail by itself',
    remedy: 'admin',
    fix: 'Nothing is to be done: Postkey asks every 15 to 60 seconds. A server with IDLE (RFC 2177) tells at once.',
  },
  'transports.imap_tls_refused': {
    title: 'The mail server could not prove who it is',
    remedy: 'admin',
    fix: 'Its certificate has ended, is of another name, or comes from an authority that this server does not know. Correct the host name, renew the certificate, or enter its authority (PEM) at the email account. Nothing was sent.',
  },
  'transports.imap_tls_missing': {
    title: 'The mail server offers no protection for the sign-in',
    remedy: 'admin',
    fix: 'It has no STARTTLS on this port. Choose TLS and port 993 at the email account. No password was sent.',
  },
  'transports.imap_login_refused': {
    title: 'The mail server refused user name and password',
    remedy: 'admin',
    fix: 'Enter them again at the email account. Where the provider asks for a second factor, make an app password there. Mail that arrives meanwhile is fetched afterwards.',
  },
  'transports.imap_password_refused_here': {
    title: 'The mail server takes no passwords any more',
    remedy: 'admin',
    fix: 'Microsoft 365 and Outlook.com are opened by signing in: connect the mailbox with a Cloud Provider instead of a password.',
  },
  'transports.imap_token_refused': {
    title: 'Exchange refused two fresh access tokens for IMAP',
    remedy: 'admin',
    fix: 'Run the doctor for the email account: it compares audience, scopes and user name. Most often IMAP.AccessAsUser.All is not among the API permissions of the app registration, or the mailbox has no IMAP. Or let the mailbox be read by Graph.',
  },
  'transports.imap_no_mechanism': {
    title: 'The mail server offers no way of signing in that Postkey knows',
    remedy: 'admin',
    fix: 'Postkey signs in by XOAUTH2 or OAUTHBEARER with a token and by PLAIN or LOGIN with a password. Check host and port, and whether TLS is on: many servers offer nothing without it.',
  },
  'transports.imap_off': {
    title: 'Exchange accepted the sign-in and does not open the mailbox by IMAP',
    remedy: 'admin',
    fix: 'Most likely IMAP is off for the mailbox: Set-CASMailbox <mailbox> -ImapEnabled $true, which may take an hour to work. A personal account turns it on in Outlook.com under Settings, Mail, Forwarding and IMAP. Otherwise the mailbox has no license. Or let it be read by Graph.',
  },
  'transports.imap_no_access': {
    title: 'Exchange does not let the person who signed in read this mailbox by IMAP',
    remedy: 'admin',
    fix: 'Give them Full Access: Add-MailboxPermission <mailbox> -User <person> -AccessRights FullAccess. It may take an hour to work. When they have it, IMAP is off for the mailbox: Set-CASMailbox <mailbox> -ImapEnabled $true.',
  },
  'transports.imap_role_missing': {
    title: 'The application has no permission to read mail by IMAP',
    remedy: 'admin',
    fix: 'In Entra ID open the app registration, API permissions, Add a permission, APIs my organization uses, Office 365 Exchange Online, Application permissions: add IMAP.AccessAsApp and grant admin consent. Then Exchange lets it into the mailbox by commands that stand on the page of the Cloud Provider.',
  },
  'transports.imap_application_unknown': {
    title: 'Exchange does not know the application as one that may read this mailbox by IMAP',
    remedy: 'admin',
    fix: 'In Exchange Online PowerShell: New-ServicePrincipal with the object id of the enterprise application (not of the app registration), then Add-MailboxPermission <mailbox> -User <service principal> -AccessRights FullAccess. The page of the Cloud Provider has the commands.',
  },
} as const satisfies Record<string, CatalogueEntry>
