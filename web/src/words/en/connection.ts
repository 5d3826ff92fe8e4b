export const connection = {
  title: 'Connection',
  in: 'Incoming mail',
  out: 'Outgoing mail',
  names: { graph: 'Microsoft Graph', imap: 'IMAP', smtp: 'SMTP' },
  /** Advantages of each protocol. */
  why: {
    in: {
      graph: 'Reads what changed since the last sync. Needs no settings in Exchange.',
      imap: 'Keeps a connection open, so the server reports new mail immediately.',
    },
    out: {
      graph: 'Microsoft stores the copy in Sent Items, and Postkey can always check if a message was sent.',
      smtp: 'Hands messages to the mail server, within its rate limit.',
    },
  },
  copies: (person: string, address: string) =>
    `Microsoft stores copies of messages sent with SMTP in the Sent Items of ${person}, who signed in. About two minutes later, Postkey adds a copy to ${address}. If an Exchange admin has turned on MessageCopyForSentAs for the mailbox, Microsoft stores that copy instead, so there is only one. With Graph, the only copy is in the mailbox.`,
  push: 'New-mail detection',
  pushes: {
    active: 'change notifications (immediate)',
    polling: 'polling',
    failed: 'polling, because change notifications failed',
  },
  idle: 'IMAP IDLE (immediate)',
  provider: 'Cloud Provider',

  change: {
    in: { graph: 'Read with Graph instead', imap: 'Read with IMAP instead' },
    out: { graph: 'Send with Graph instead', smtp: 'Send with SMTP instead' },
  },
  titleOf: {
    in: (address: string, protocol: string) => `Read ${address} with ${protocol}?`,
    out: (address: string, protocol: string) => `Send from ${address} with ${protocol}?`,
  },
  tried: 'Postkey checks the new connection first. If the check fails, nothing changes and you’ll see why.',
  needs: {
    graph: undefined,
    imap: 'Requires the permission IMAP.AccessAsUser.All (IMAP.AccessAsApp if the application opens the mailbox) of Office 365 Exchange Online in the app registration, with consent. IMAP must be turned on for the mailbox in Exchange.',
    smtp: 'Requires the permission SMTP.Send of Office 365 Exchange Online in the app registration, with consent. SMTP AUTH must be turned on for the mailbox in Exchange.',
  },
  removes: {
    in: (before: string) => [`Reading with ${before}`],
    out: (before: string) => [`Sending with ${before}; messages being sent right now still use it`],
  },
  keeps: {
    in: [
      'All stored mail: Postkey recognizes it, so nothing is duplicated',
      'The sign-in',
      'The connection for outgoing mail',
    ],
    out: ['Queued messages: they use the new connection', 'The sign-in', 'The connection for incoming mail'],
  },
  allow: {
    sentence:
      'This permission must also be requested from Microsoft. If users can’t consent themselves, an Entra admin consents first. Then the user who opens the mailbox signs in again. Until then, nothing changes.',
    consent: 'Consent as an Entra admin',
    signIn: (userName: string) => `Sign in again as ${userName}`,
    application:
      'An Entra admin grants the application this permission of Office 365 Exchange Online, and an Exchange admin gives it access to the mailbox.',
  },
  done: {
    in: (protocol: string) => `The mailbox now reads with ${protocol}`,
    out: (protocol: string) => `The mailbox now sends with ${protocol}`,
  },
}
