export const emailAccounts = {
  title: 'Email Accounts',
  connect: 'Connect a mailbox',
  list: 'Mailboxes',
  empty: {
    title: 'No mailbox is connected',
    sentence: 'Connecting one takes four steps, A to D. You can leave them at any time and go on later.',
  },
  kinds: { user: 'user mailbox', shared: 'shared mailbox' },
  since: 'Since',
  completeUpTo: 'Complete up to',
  lastIn: 'Last mail in',
  lastOut: 'Last mail out',
  cannotSend: 'can’t send',
  never: 'none yet',
  notYet: 'not yet',

  state: {
    title: 'State',
    well: 'Mail comes in and goes out.',
    receivesOnly: 'Mail comes in, but can’t be sent.',
    cannotSend: (title: string) => `Can’t send: ${title}`,
    sendsSince: 'Mail waits since',
    importing: 'Older mail is being read, newest first. You can work meanwhile.',
    connecting: 'Postkey is opening the mailbox for the first time.',
    nextTry: 'Next try',
    who: 'Who can end it',
    tell: 'Tell them',
    readsFrom: 'Reads mail since',
    owner: (userName: string) => `${userName} signs in again, here or by a link.`,
  },
  signInAgain: (userName: string) => `Sign in again as ${userName}`,
  makeLink: 'Make a sign-in link',
  consent: 'Consent as an Entra admin',
  openProvider: 'Open the Cloud Provider',
  checkAgain: 'Check again',
  pause: 'Pause',
  resume: 'Resume',
  connectAgain: 'Connect again',
  link: {
    title: 'Sign-in link',
    sentence: (userName: string) =>
      `Send it to ${userName}. Whoever opens it signs in at Microsoft and needs no login here. Only the person who signed in before can renew the sign-in.`,
    make: 'Make the link',
    made: 'The link is made',
    name: 'Link',
    once: 'It is shown only now. Valid until',
    open: 'An open link exists. It was made',
  },

  importing: {
    title: 'Import',
    figure: (imported: string, total: string) => `${imported} of about ${total}, newest first; you can work meanwhile`,
    done: (count: number, figure: string) =>
      count === 1 ? '1 message was imported.' : `${figure} messages were imported.`,
    unfiled: (count: number) =>
      count === 1
        ? '1 message could not be stored yet. It is tried again by itself.'
        : `${count} messages could not be stored yet. They are tried again by themselves.`,
  },

  people: {
    title: 'People behind it',
    openedBy: 'Opened by',
    byPassword: 'a password, at its own mail servers',
    application: 'the application itself',
    useSignIn: 'Use this sign-in',
    useTitle: (name: string, address: string) => `Let ${name} open ${address}?`,
    useSentence: (name: string) =>
      `Postkey first looks whether ${name} can read it; if not, nothing is changed. The change is written down with both of them.`,
    useGoes: (name: string) => [`The mailbox no longer depends on the sign-in of ${name}`],
    useStays: ['All mail, and where reading stands', 'Both sign-ins'],
    openedByNow: 'The mailbox is opened by this sign-in now',
    useApplication: 'Let the application open it',
    applicationTitle: (address: string) => `Let the application open ${address}?`,
    applicationSentence:
      'Then nobody has to sign in for it any more. Postkey first looks whether the application is let in; if not, nothing is changed. The change is written down with both of them.',
    applicationGoes: ['The application opens the mailbox no longer; the person has to stay signed in'],
    applicationStays: ['All mail, and where reading stands', 'Every sign-in that is there'],
    standByGoes: 'Nobody stands by any more: there is no sign-in that could end',
    openedByApplication: 'The application opens the mailbox now',

    wish: (userName: string, expected: string | undefined) =>
      expected === undefined
        ? `${userName} signed in for this mailbox`
        : `${userName} signed in; this mailbox was connected by ${expected}`,
    wishSentence: (address: string) =>
      `Nothing was changed. If that was the wrong account, sign in again with the right one. Or let this person open ${address} from now on.`,
    wishFacts: {
      who: 'Signed in',
      object: 'Object id',
      organization: 'Organization',
      when: 'When',
      how: 'How',
      until: 'Kept until',
    },
    wishByLink: 'by a sign-in link',
    wishHere: 'here in Postkey',
    signInAs: (userName: string) => `Sign in as ${userName}`,
    letIn: (name: string) => `Let ${name} open it`,
    letInTitle: (name: string, address: string) => `Let ${name} open ${address} from now on?`,
    trying: 'Postkey looks what this person could do at the mailbox.',
    couldNot: (name: string) => `${name} cannot read the mailbox now. Nothing is changed.`,
    letInGoes: (expected: string) => [`The sign-in of ${expected} opens this mailbox no longer`],
    letInStays: (expected: string) => [
      'All mail, and where reading stands',
      `The sign-in of ${expected}, for other mailboxes`,
    ],
    letInDone: (name: string) => `${name} opens the mailbox now`,
    dismiss: 'Turn it down',
    dismissed: 'Turned down. The sign-in is forgotten.',

    standBy: 'Stand-by',
    standBySentence:
      'Somebody who can open the mailbox too. When Microsoft ends the sign-in of the first, they take over at once.',
    standByNobody: 'Nobody else of this organization has signed in yet. Whoever has Full Access can.',
    standBySignIn: 'Let somebody sign in',
    standByChoose: 'Who stands by',
    standByNone: 'nobody',
    standByMake: 'Let them stand by',
    standByMade: (name: string) => `${name} stands by`,
    standByGood: (name: string) => `${name} could open it.`,
    standByBad: (name: string) => `${name} could not open it.`,
    standByLooked: 'Looked',
    standByCheck: 'Look now',
    standByRemove: 'Remove the stand-by',
    standByRemoved: 'Nobody stands by any more',
    atWork: (standBy: string, first: string) => `${standBy} stands in for ${first}`,
    atWorkSentence: (first: string) =>
      `Mail comes in and goes out. When ${first} has signed in again, the mailbox goes back to them by itself.`,
    makeFirst: (name: string) => `Make ${name} the first`,
    makeFirstTitle: (name: string) => `Make ${name} the first?`,
    makeFirstGoes: (first: string) => [`The mailbox no longer waits for ${first} to sign in again`],
    makeFirstStays: ['All mail, and where reading stands', 'Choose another stand-by afterwards'],
    madeFirst: (name: string) => `${name} is the first now`,
  },

  lights: {
    title: 'What the mailbox can do',
    none: 'Nothing was checked yet.',
    checked: 'Checked',
    found: (wrong: number) =>
      wrong === 0
        ? 'Just checked: everything that was tried works.'
        : wrong === 1
          ? 'Just checked: one thing does not work, see above.'
          : `Just checked: ${wrong} things do not work, see above.`,
    older: 'This is how it was before the mailbox came back. Check again to see how it is now.',
    what: {
      exists: 'The mailbox exists',
      reads: 'Postkey can read it',
      writes: 'Postkey can write drafts and Sent Items',
      sends: 'Postkey can send in its name (Send As)',
    },
    outcomes: { ok: 'yes', wrong: 'no', 'not-tried': 'not tried' },
    test: (address: string) => `Send a test mail to ${address}`,
    testHint: 'Only a mail shows it. It goes from the mailbox to itself and to nobody else.',
    testAgainHint: 'It goes from the mailbox to itself and to nobody else.',
    tested: 'The test mail went out',
    testedWhere:
      'The test mail went out. It arrives in the mailbox, and in the inbox here, as “Postkey: this mailbox can send”. It can be deleted.',
  },

  folders: {
    title: 'Folders',
    sentence: 'Mail of the chosen folders is read from now on. What was read before stays.',
    lost: 'Choose the folders to read and save them. Saving the same choice ends the incident, too.',
    read: 'Folders that are read',
    save: 'Save the folders',
    saved: 'The folders are saved',
    sentFolder: 'Folder for sent mail',
    sentFolderHint: 'Copies of what is sent from Postkey are stored there.',
    sentFolderMissing:
      'Postkey found no folder for sent mail, so it stores no copies in the mailbox. Choose the folder below.',
    sentFolderFound: (name: string | undefined) => (name === undefined ? 'Automatic' : `Automatic: ${name}`),
    sentFolderSaved: 'The folder for sent mail is saved',
    watchJunk: 'Show answers that lie in Junk',
    watchJunkHint:
      'Where Junk is not read, it is looked at every few minutes: what answers your mail is shown in its conversation with a mark. The rest stays where it is.',
  },

  details: {
    title: 'Name, key, contact',
    name: 'Name',
    nameHint: 'Your team sees it. Customers see the display name that the mailbox has at Microsoft.',
    nameHintAtServer: 'Your team sees it, and customers in From as long as no other name is chosen.',
    key: 'Key',
    keyHint: 'One to five letters and digits. It marks the mailbox in lists.',
    contact: 'Contact',
    contactHint: 'Email address of whoever is named here when the mailbox stops.',
    save: 'Save',
    saved: 'Saved',
  },

  members: {
    title: 'Who works it',
    admins: (names: string) => `Admins work every mailbox: ${names}.`,
    agents: 'Agents who work this mailbox',
    noAgents: 'There are no agents yet. Invite them under People.',
    people: 'Go to People',
  },

  unsent: {
    title: 'Outbox',
    none: 'Nothing waits, and nothing failed.',
    to: (recipients: string) => `To ${recipients}`,
    noSubject: '(no subject)',
    states: {
      queued: 'waiting',
      sending: 'sending',
      'handed-over': 'handed over',
      sent: 'sent',
      unknown: 'unknown',
      failed: 'failed',
      canceled: 'canceled',
    },
    sentences: {
      queued: 'It waits for its turn, or for the mailbox to work again.',
      unknown: 'Nobody knows whether it went out, and Postkey does not guess, so that nobody gets it twice.',
      failed: 'It did not go out.',
    },
    said: 'The server said:',
    decide: {
      title: 'What you can do',
      look: (subject: string) =>
        `Open the Sent folder of the mailbox in Outlook, or wherever you read it, and look for “${subject}”.`,
      there: 'It is there: press “It was sent”. Nothing else happens.',
      missing: 'It is not there, also after some minutes: press “It was not sent: send again”.',
      messageId: 'Message-ID, by which a message trace of the mail server finds it',
    },
    tries: (count: number) => (count === 1 ? '1 try' : `${count} tries`),
    retry: 'Send again',
    copyAgain: 'Store the copy again',
    cancel: 'Take back',
    wasSent: 'It was sent',
    sendAgain: 'It was not sent: send again',
    sendAgainTitle: 'Send this message again?',
    sendAgainSentence: 'If it went out after all, the recipients get it twice.',
    open: 'Open the conversation',
    canceled: 'Taken back. It is a draft again.',
    asked: 'It is on its way',
  },

  understanding: {
    title: 'How mail is understood',
    joins: 'Same subject, same people: same conversation',
    joinsHint:
      'For mail that names nothing it answers, within 14 days. Off, such mail begins a conversation of its own.',
    byMicrosoft: 'Whether a sender is confirmed is what Microsoft found out.',
    trusted: 'Mail server whose word about senders counts',
    trustedHint:
      'As it names itself first in the field Authentication-Results. Empty: no sender is shown as confirmed or not. For mail that comes from now on.',
    proposal: (name: string, count: number, of: number) => `${count} of the latest ${of} messages name ${name}.`,
    take: 'Trust it',
    none: 'The latest mail names no server that nearly all of it came through.',
    save: 'Save',
    saved: 'The server is saved',
  },

  reconciliation: {
    title: 'Compared with the server',
    sentence:
      'About once an hour the folders that are read are compared with what is stored here. What is missing is brought in.',
    last: 'Last',
    never: 'Not yet: the first time is within an hour after the import.',
    comparisons: 'Folders compared',
    missingFound: 'Missing, found',
    broughtIn: 'Brought in',
    leftFound: 'Deleted or moved there, unheard',
    well: 'Nothing was ever missing.',
  },

  limits: {
    title: 'Limits of a message',
    message: 'Whole message',
    attachment: 'One attachment',
    body: 'Text',
    attachments: 'Attachments',
    recipients: 'Recipients',
  },

  leave: {
    title: 'Leave',
    disconnect: 'Disconnect',
    disconnectHint: 'Reading and sending end. The mail that is here stays.',
    remove: 'Remove',
    removeHint: 'The mailbox and its mail go from here. Nothing in the mailbox itself is deleted.',
    disconnectTitle: (address: string) => `Disconnect ${address}?`,
    disconnectGoes: ['Reading new mail and sending', 'The change notifications at Microsoft'],
    disconnectStays: [
      'Everything in the mailbox at Microsoft',
      'The conversations, notes and drafts that are here',
      'Mail that waits to be sent: it goes out once the mailbox is connected again',
      'The sign-in: “Connect again” takes up where it ended',
    ],
    disconnectButton: 'Disconnect the mailbox',
    removeTitle: (address: string) => `Remove ${address}?`,
    counts: {
      conversations: (count: number, figure: string) => (count === 1 ? '1 conversation' : `${figure} conversations`),
      messages: (count: number, figure: string) => (count === 1 ? '1 message' : `${figure} messages`),
      notes: (count: number, figure: string) => (count === 1 ? '1 note' : `${figure} notes`),
      drafts: (count: number, figure: string) => (count === 1 ? '1 draft' : `${figure} drafts`),
      unknown: (count: number, figure: string) =>
        count === 1 ? '1 message that may not have been sent' : `${figure} messages that may not have been sent`,
      failed: (count: number, figure: string) =>
        count === 1 ? '1 message that could not be sent' : `${figure} messages that could not be sent`,
    },
    mailWaits: (count: number, figure: string) =>
      `${count === 1 ? '1 message waits' : `${figure} messages wait`} to be sent, so the mailbox cannot be removed yet. Wait until nothing does, or cancel what waits in the outbox.`,
    removeStays: ['Everything in the mailbox at Microsoft', 'The sign-in, which can open another mailbox'],
    typeKey: (key: string) => `Type the key ${key} to confirm`,
    removeButton: 'Remove the mailbox and its mail',
    removed: (address: string) => `${address} is removed`,
  },
  paused: 'The mailbox is paused',
  resumed: 'The mailbox works again',
  disconnected: 'The mailbox is disconnected',
}
