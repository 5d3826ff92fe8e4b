/** Step D: the mailbox itself. */
export const setupAssociate = {
  sentence: 'The mailbox becomes an Email Account with a name, a key and a contact to notify when it stops.',
  needsGrant: 'A user must sign in first.',
  toC: 'Go to C',
  toB: 'Go to B',
  openedBy: 'Opened by',
  byApplication: 'The application (no user’s sign-in)',
  byApplicationHint: 'Exchange must first give the application access to the mailbox. The result shows the commands.',
  sharedByUserHint:
    'New mail appears after 15 to 60 seconds, or within 5 seconds while a browser shows the mailbox. Opened by the application, it appears within 0.1 seconds: Microsoft notifies Postkey.',
  byApplicationForAll: 'An Entra admin must give the application access to every mailbox first: see C.',
  onlyPeople: 'With this Cloud Provider, only users open mailboxes, as chosen in A.',
  toLetApplication: 'Also let the application open mailboxes',
  look: 'Check mailbox',
  looking: 'Checking the mailbox…',
  checks: 'Capability check',
  what: {
    exists: 'Mailbox exists',
    reads: 'Read mail',
    writes: 'Write drafts',
    sends: 'Send as the mailbox',
  },
  sendsLater: 'Can only be checked with an email. After associating, you can send one from the mailbox to itself.',
  details: 'Mailbox details',
  name: 'Name',
  nameHint: 'Shown to your team. Customers see the display name the mailbox has at Microsoft.',
  nameHintAtServer: 'Shown to your team, and to customers in From unless you choose another sender name.',
  key: 'Key',
  keyHint: 'One to five letters and digits. Marks the mailbox in lists.',
  keyWrong: 'One to five letters and digits.',
  contact: 'Contact',
  contactHint: 'Email address to notify when the mailbox stops.',
  window: 'Import mail from',
  windows: {
    '0': 'no import, only new mail',
    '7': 'the last 7 days',
    '30': 'the last 30 days',
    '90': 'the last 90 days',
    '365': 'the last year',
    '3650': 'the last ten years',
  },
  withCount: (window: string, count: string) => `${window}: ${count}`,
  conversations: (count: number, figure: string, isEstimate: boolean) =>
    `${isEstimate ? 'about ' : ''}${count === 1 ? '1 conversation' : `${figure} conversations`}`,
  messages: (count: number, figure: string) => (count === 1 ? '1 message' : `${figure} messages`),
  counting: 'Counting the mail of each period…',
  counted: (messages: string, folders: number, isByDay: boolean) =>
    `${messages} in ${folders === 1 ? '1 folder' : `${folders} folders`}. ${
      isByDay
        ? 'The mail server counts messages of whole days only, so there may be slightly fewer.'
        : 'Conversations as Microsoft groups them; Postkey may group some differently.'
    }`,
  notCounted: (folders: number) =>
    folders === 1 ? 'The smallest folder is not counted.' : `The ${folders} smallest folders are not counted.`,
  closes: 'Close conversations',
  closesHint: 'They arrive closed and read. A reply opens them again.',
  closesOlder: {
    '0': 'all imported ones',
    '1': 'without mail in the last day',
    '2': 'without mail in the last 2 days',
    '7': 'without mail in the last 7 days',
    '14': 'without mail in the last 14 days',
    '30': 'without mail in the last 30 days',
    none: 'none: all arrive open',
  },
  folders: 'Folders to read',
  button: (address: string) => `Associate ${address}`,
  refused: 'The mailbox can’t be opened yet. See the problems above.',
}

/** After step D. */
export const setupConnected = {
  backup: 'Set up a backup sign-in in case this sign-in ends. You can also do this later.',
  importing: (imported: string, total: string) => `${imported} of about ${total}, newest first; you can already work.`,
  begun: 'The import is starting.',
  imported: (count: number, figure: string) =>
    count === 1
      ? '1 message imported. New mail arrives automatically.'
      : `${figure} messages imported. New mail arrives automatically.`,
  progress: 'Import',
  open: 'Open inbox',
  test: 'Send a test email to the mailbox itself',
  tested:
    'Test email sent. It arrives in the mailbox and in the inbox here as “Postkey: this mailbox can send”. You can delete it.',
  next: 'Connect another mailbox',
  sameGrant: (name: string) => `With the sign-in of ${name}`,
  otherGrant: 'With another sign-in',
  details: 'Open Email Account',
}
