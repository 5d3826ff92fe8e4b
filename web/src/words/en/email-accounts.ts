export const emailAccounts = {
  tabs: {
    overview: 'Overview',
    connection: 'Connection',
    import: 'Import and folders',
    sending: 'Sending',
    actions: 'Actions',
    agents: 'Agents',
    activity: 'Activity',
  },
  title: 'Email Accounts',
  connect: 'Connect a mailbox',
  connectSeveral: 'Connect several mailboxes',
  list: 'Mailboxes',
  empty: {
    title: 'No mailbox connected',
    sentence: 'Connecting a mailbox takes four steps, A to D. You can stop at any time and continue later.',
  },
  kinds: { user: 'user mailbox', shared: 'shared mailbox' },
  since: 'Since',
  completeUpTo: 'Complete up to',
  lastIn: 'Last received',
  lastOut: 'Last sent',
  cannotSend: 'can’t send',
  actionsWait: 'actions wait',
  never: 'none yet',
  notYet: 'not yet',

  state: {
    title: 'Connection state',
    well: 'Receives and sends mail.',
    receivesOnly: 'Receives mail, but can’t send.',
    cannotSend: (title: string) => `Can’t send: ${title}`,
    actionsWait: (title: string) => `Mailbox actions wait: ${title}`,
    actionsWaitSince: 'Waiting since',
    openActions: 'Open mailbox actions',
    sendsSince: 'Outgoing mail queued since',
    importing: 'Importing older mail, newest first. You can already work.',
    connecting: 'Postkey is opening the mailbox for the first time.',
    nextTry: 'Next try',
    who: 'Who can fix it',
    contacts: 'Contact',
    readsFrom: 'Reads mail since',
    owner: (userName: string) => `${userName} signs in again, here or with a link.`,
  },
  signInAgain: (userName: string) => `Sign in again as ${userName}`,
  makeLink: 'Create sign-in link',
  consent: 'Consent as an Entra admin',
  openProvider: 'Open Cloud Provider',
  checkAgain: 'Check again',
  pause: 'Pause',
  resume: 'Resume',
  connectAgain: 'Connect again',
  link: {
    title: 'Sign-in link',
    sentence: (userName: string) =>
      `Send it to ${userName} to sign in at Microsoft. No Postkey login is needed. Only the user who signed in before can renew the sign-in.`,
    make: 'Create link',
    made: 'Link created',
    name: 'Link',
    once: 'It’s shown only once. Valid until',
    open: 'There is an open link, created',
  },

  earlier: {
    title: 'Earlier conversations',
    imports: 'Imported conversations arrive closed',
    importsHint: 'Closed and read, for this and later imports. Stored conversations stay as they are.',
    asSet: (day: string) => `without mail since ${day}`,
    close: 'Close everything older than',
    closeHint: 'Open and waiting conversations without mail in this time. Snoozed ones stay.',
    ages: {
      '2': '2 days',
      '7': '7 days',
      '14': '14 days',
      '30': '30 days',
      '90': '90 days',
      '365': 'a year',
    },
    button: 'Close',
    confirmTitle: (age: string) => `Close everything older than ${age}?`,
    counting: 'Counting conversations…',
    none: 'No open or waiting conversation is that old.',
    effect: (count: number, figure: string) =>
      count === 1
        ? '1 conversation is closed and marked as read for everyone.'
        : `${figure} conversations are closed and marked as read for everyone.`,
    keeps: ['Assignees and tags', 'Snoozed conversations', 'All mail and its read state in the mailbox itself'],
    reopens:
      'A reply reopens a conversation. You can undo this for a day, for conversations that have not changed since.',
    confirm: (count: number, figure: string) =>
      count === 1 ? 'Close 1 conversation' : `Close ${figure} conversations`,
    working: (figure: string) => `Closing conversations: ${figure} so far. You can leave this page.`,
    closed: (count: number, figure: string) =>
      count === 1 ? '1 conversation closed ·' : `${figure} conversations closed ·`,
    begun: (age: string) => `Closing everything older than ${age}`,
    undo: 'Undo closing',
    reopening: (figure: string) => `Opening conversations again: ${figure} so far. You can leave this page.`,
    reopened: (count: number, figure: string) =>
      count === 1 ? 'Closing undone, 1 conversation opened ·' : `Closing undone, ${figure} conversations opened ·`,
  },

  importing: {
    title: 'Import',
    figure: (imported: string, total: string) => `${imported} of about ${total}, newest first; you can already work`,
    done: (count: number, figure: string) => (count === 1 ? '1 message imported.' : `${figure} messages imported.`),
    unfiled: (count: number) =>
      count === 1 ? '1 message could not be stored' : `${count} messages could not be stored`,
    unfiledHint: 'They stay in the mailbox. Postkey retries automatically, and the log has the reason.',
  },

  access: {
    title: 'Access',
    openedBy: 'Opened by',
    byPassword: 'password, on its own mail servers',
    application: 'the application',
    useSignIn: 'Use this sign-in',
    useTitle: (name: string, address: string) => `Use the sign-in of ${name} for ${address}?`,
    useSentence: (name: string) =>
      `Postkey first checks that ${name} can read the mailbox. If not, nothing changes. The change is recorded in Audit.`,
    useRemoves: (name: string) => [`The mailbox’s dependence on the sign-in of ${name}`],
    useKeeps: ['All mail and the sync position', 'Both sign-ins'],
    openedByNow: 'The mailbox now uses this sign-in',
    useApplication: 'Use the application',
    applicationTitle: (address: string) => `Use the application for ${address}?`,
    applicationSentence:
      'The mailbox then needs no user’s sign-in. Postkey first checks that the application has access. If not, nothing changes. The change is recorded in Audit.',
    applicationRemoves: ['Access by the application; the user must stay signed in'],
    applicationKeeps: ['All mail and the sync position', 'All sign-ins'],
    backupRemoved: 'The backup sign-in, which is no longer needed',
    openedByApplication: 'The mailbox now uses the application',

    request: (userName: string, expected: string | undefined) =>
      expected === undefined
        ? `${userName} signed in for this mailbox`
        : `${userName} signed in; this mailbox was connected by ${expected}`,
    requestSentence: (address: string) =>
      `Nothing has changed. If this was the wrong account, sign in again with the right one. Or use this user’s sign-in for ${address} from now on.`,
    requestFacts: {
      who: 'Signed in',
      object: 'Object ID',
      organization: 'Organization',
      when: 'When',
      how: 'Method',
      until: 'Kept until',
    },
    requestByLink: 'with a sign-in link',
    requestHere: 'here in Postkey',
    signInAs: (userName: string) => `Sign in as ${userName}`,
    letIn: (name: string) => `Use the sign-in of ${name}`,
    letInTitle: (name: string, address: string) => `Use the sign-in of ${name} for ${address}?`,
    trying: 'Checking this user’s access to the mailbox…',
    couldNot: (name: string) => `${name} can’t read the mailbox. Nothing has changed.`,
    letInRemoves: (expected: string) => [`Access to this mailbox with the sign-in of ${expected}`],
    letInKeeps: (expected: string) => [
      'All mail and the sync position',
      `The sign-in of ${expected}, for other mailboxes`,
    ],
    letInDone: (name: string) => `The mailbox now uses the sign-in of ${name}`,
    dismiss: 'Reject',
    dismissed: 'Sign-in rejected and deleted',

    backup: 'Backup sign-in',
    backupSentence:
      'Another user who can open the mailbox. If Microsoft ends the main sign-in, Postkey switches to the backup immediately.',
    backupUnavailable: 'No other user of this organization has signed in yet. Any user with Full Access can.',
    backupAdd: 'Add sign-in',
    backupChoose: 'Backup sign-in',
    backupNone: 'none',
    backupSet: 'Set as backup',
    backupIsSet: (name: string) => `${name} is now the backup`,
    backupCanOpen: (name: string) => `${name} can open the mailbox.`,
    backupCannotOpen: (name: string) => `${name} can’t open the mailbox.`,
    backupChecked: 'Checked',
    backupCheck: 'Check now',
    backupRemove: 'Remove backup',
    backupIsRemoved: 'Backup sign-in removed',
    atWork: (backupSignIn: string, first: string) => `${backupSignIn} replaces ${first}`,
    atWorkSentence: (first: string) =>
      `The mailbox receives and sends with the backup sign-in. After ${first} signs in again, it switches back automatically.`,
    makeFirst: (name: string) => `Make ${name} the main sign-in`,
    makeFirstTitle: (name: string) => `Make ${name} the main sign-in?`,
    makeFirstRemoves: (first: string) => [`The automatic switch back to ${first}`],
    makeFirstKeeps: ['All mail and the sync position', 'You can choose another backup later'],
    madeFirst: (name: string) => `${name} is now the main sign-in`,
  },

  capabilities: {
    title: 'Capability check',
    none: 'Not checked yet.',
    checked: 'Checked',
    found: (wrong: number) =>
      wrong === 0
        ? 'Check finished: no problems found.'
        : wrong === 1
          ? 'Check finished: 1 problem found, see above.'
          : `Check finished: ${wrong} problems found, see above.`,
    older: 'These results are from before the mailbox recovered. Check again for current results.',
    what: {
      exists: 'Mailbox exists',
      reads: 'Read mail',
      writes: 'Write drafts and Sent Items',
      sends: 'Send as the mailbox (Send As)',
    },
    outcomes: { ok: 'yes', wrong: 'no', 'not-tried': 'not checked' },
    test: (address: string) => `Send a test email to ${address}`,
    testHint: 'Sending can only be checked with an email. It goes from the mailbox to itself only.',
    testAgainHint: 'The email goes from the mailbox to itself only.',
    tested: 'Test email sent',
    testedWhere:
      'Test email sent. It arrives in the mailbox and in the inbox here as “Postkey: this mailbox can send”. You can delete it.',
  },

  folders: {
    title: 'Folders',
    sentence: 'Postkey reads mail of the selected folders from now on. Mail that was read before stays.',
    lost: 'Select the folders to read and save. Saving the same selection also closes the incident.',
    read: 'Folders to read',
    save: 'Save folders',
    saved: 'Folders saved',
    sentFolder: 'Folder for sent mail',
    sentFolderHint: 'Postkey stores copies of sent messages there.',
    sentFolderMissing:
      'Postkey found no folder for sent mail, so it stores no copies in the mailbox. Choose the folder below.',
    sentFolderFound: (name: string | undefined) => (name === undefined ? 'Automatic' : `Automatic: ${name}`),
    sentFolderSaved: 'Folder for sent mail saved',
    watchJunk: 'Show replies from Junk',
    watchJunkHint:
      'If Junk isn’t read, Postkey checks it every few minutes and shows replies to your mail in their conversation, marked as junk. Other messages stay in Junk.',
  },

  details: {
    title: 'Name, key, contact',
    name: 'Name',
    nameHint: 'Shown to your team. Customers see the display name the mailbox has at Microsoft.',
    nameHintAtServer: 'Shown to your team, and to customers in From unless you choose another sender name.',
    key: 'Key',
    keyHint: 'One to five letters and digits. Marks the mailbox in lists.',
    contact: 'Contact',
    contactHint: 'Email address to notify when the mailbox stops.',
    save: 'Save',
    saved: 'Saved',
  },

  agents: {
    title: 'Agents',
    admins: (names: string) => `Admins can work in every mailbox: ${names}.`,
    agents: 'Agents of this mailbox',
    noAgents: 'No agents yet. Invite them under People.',
    people: 'Go to People',
  },

  writing: {
    title: 'Writing',
    plain: 'Write plain text',
    plainHint: 'New messages and replies have no formatting. Drafts keep the format they were started in.',
    timeZone: 'Time zone of quoted messages',
    timeZoneHint: 'For the date above a quoted message: “On Mon, Nov 2, 2026, Kim wrote:”.',
    ofAuthor: 'Time zone of the agent who replies',
  },
  processing: {
    title: 'Mail processing',
    assigns: 'Answering assigns the conversation',
    assignsHint: 'An unassigned conversation is assigned to the agent who answers it.',
    joins: 'Group by subject and sender',
    joinsHint:
      'Groups mail without reply headers by subject and sender (14 days). When off, it starts a new conversation.',
    byMicrosoft: 'Microsoft decides if a sender is confirmed.',
    trusted: 'Trusted mail server for sender checks',
    trustedHint:
      'The name at the start of the Authentication-Results header. Empty: no sender is shown as confirmed or not confirmed. Applies to new mail.',
    proposal: (name: string, count: number, of: number) => `${count} of the latest ${of} messages name ${name}.`,
    take: 'Trust it',
    none: 'Most of the latest messages don’t name a common server.',
    save: 'Save',
    saved: 'Mail server saved',
  },

  reconciliation: {
    title: 'Reconciliation: finding missed mail',
    sentence: 'About once an hour, Postkey compares the folders with its stored mail and fetches missed messages.',
    last: 'Last run',
    never: 'Not run yet. The first run starts within an hour after the import.',
    comparisons: 'Folders compared',
    missingFound: 'Missed messages found',
    broughtIn: 'Missed messages fetched',
    leftFound: 'Missed deletions and moves',
    well: 'No missed mail so far.',
  },

  limits: {
    title: 'Message limits',
    message: 'Whole message',
    attachment: 'One attachment',
    body: 'Text',
    attachments: 'Attachments',
    recipients: 'Recipients',
  },

  removal: {
    title: 'Disconnect or remove',
    disconnect: 'Disconnect',
    disconnectHint: 'Stops receiving and sending. Imported mail stays in Postkey.',
    remove: 'Remove',
    removeHint: 'Removes the mailbox and its mail from Postkey. Nothing is deleted in the mailbox itself.',
    disconnectTitle: (address: string) => `Disconnect ${address}?`,
    disconnectRemoves: ['Receiving and sending mail', 'The change notifications at Microsoft'],
    disconnectKeeps: [
      'Everything in the mailbox at Microsoft',
      'Conversations, notes and drafts in Postkey',
      'Queued messages: they’re sent when the mailbox is connected again',
      'The sign-in: “Connect again” continues where it stopped',
    ],
    disconnectButton: 'Disconnect mailbox',
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
      `${count === 1 ? '1 message is' : `${figure} messages are`} queued, so the mailbox can’t be removed yet. Wait until the outbox is empty, or cancel the queued messages there.`,
    held: (count: number, figure: string) =>
      `${count === 1 ? '1 conversation is' : `${figure} conversations are`} on legal hold, so the mailbox can’t be removed. Remove the hold in the menu of the conversation first, or disconnect the mailbox: its mail stays here.`,
    removeKeeps: ['Everything in the mailbox at Microsoft', 'The sign-in, which can open another mailbox'],
    typeKey: (key: string) => `Type the key ${key} to confirm`,
    removeButton: 'Remove mailbox and its mail',
    removed: (address: string) => `${address} removed`,
  },
  paused: 'Mailbox paused',
  resumed: 'Mailbox resumed',
  disconnected: 'Mailbox disconnected',
}
