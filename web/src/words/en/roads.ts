export const roads = {
  title: 'Roads',
  in: 'Mail in',
  out: 'Mail out',
  names: { graph: 'Microsoft Graph', imap: 'IMAP', smtp: 'SMTP' },
  /** Why one would have it so. */
  why: {
    in: {
      graph: 'Microsoft tells what has changed since the last time; in Exchange nothing has to be switched on for it.',
      imap: 'Postkey holds a connection to the server, which tells of new mail at once.',
    },
    out: {
      graph: 'The copy in Sent Items is Microsoft’s, and what became of a message can always be found out.',
      smtp: 'Messages are handed to the mail server, at most as many a minute as it takes.',
    },
  },
  copies: (person: string, address: string) =>
    `Microsoft lays the copy of what goes out by SMTP into the Sent Items of ${person}, who signed in. Postkey sees to it that one lies in ${address}, too, about two minutes later. Where an Exchange admin has switched on MessageCopyForSentAs for the mailbox, that one comes from Microsoft, and there is still one. By Graph the only copy lies in the mailbox.`,
  push: 'Told of new mail',
  pushes: {
    active: 'at once, by change notifications',
    polling: 'by asking Microsoft regularly',
    failed: 'by asking Microsoft regularly, because change notifications failed',
  },
  idle: 'at once, over the open connection (IDLE)',
  provider: 'Cloud Provider',

  change: {
    in: { graph: 'Read by Graph instead', imap: 'Read by IMAP instead' },
    out: { graph: 'Send by Graph instead', smtp: 'Send by SMTP instead' },
  },
  titleOf: {
    in: (address: string, road: string) => `Read ${address} by ${road} from now on?`,
    out: (address: string, road: string) => `Send from ${address} by ${road} from now on?`,
  },
  tried: 'Postkey opens the mailbox by it first. If that does not work, nothing is changed, and you see why.',
  needs: {
    graph: undefined,
    imap: 'It needs IMAP.AccessAsUser.All (where the application opens it, IMAP.AccessAsApp) of Office 365 Exchange Online in the app registration, with consent, and IMAP switched on for the mailbox in Exchange.',
    smtp: 'It needs SMTP.Send of Office 365 Exchange Online in the app registration, with consent, and SMTP AUTH switched on for the mailbox in Exchange.',
  },
  goes: {
    in: (before: string) => [`Reading by ${before}`],
    out: (before: string) => [`Sending by ${before}; what is being sent at this moment still goes by it`],
  },
  stays: {
    in: [
      'All mail that is here: it is recognized on the other road, and nothing comes twice',
      'The sign-in',
      'The way mail goes out',
    ],
    out: ['What waits to be sent: it goes out by the new road', 'The sign-in', 'The way mail comes in'],
  },
  allow: {
    sentence:
      'Microsoft is to be asked for this permission as well. Where people may not consent themselves, an Entra admin consents first; then whoever opens the mailbox signs in once more. Until then everything stays as it is.',
    consent: 'Consent as an Entra admin',
    signIn: (userName: string) => `Sign in again as ${userName}`,
    application:
      'An Entra admin gives the application the permission of Office 365 Exchange Online for it, and Exchange lets it into the mailbox.',
  },
  done: {
    in: (road: string) => `The mailbox is read by ${road} now`,
    out: (road: string) => `The mailbox sends by ${road} now`,
  },
}
