/** Texts of incidents and of their emails. `{count}` is `1 mailbox` or `4 mailboxes`. */
export const TEXTS = {
  // Subjects, the stopped mailboxes first: a phone shows little more.
  subject: '[Postkey] {occasion}{stopped}{title}{source}',
  subjectClosed: '[Postkey] Closed: {title} ({source})',
  again: 'Again: ',
  reminder: 'Reminder, open for {span}: ',
  stopped: '{accounts} stopped: ',
  cannotSend: '{accounts} can’t send: ',
  actionsWait: 'Actions of {accounts} wait: ',
  atRisk: '{count} at risk: ',

  source: 'Source',
  sourceOfProvider: '{name} (Cloud Provider {provider})',
  since: 'Since',
  closed: 'Closed',
  closedAfter: '{time}, after {span}',
  whoCanFix: 'Who can fix it',
  steps: 'Steps',
  microsoftResponse: 'Microsoft’s response',
  commandIn: 'In {shell}:',

  receivingStopped: 'Receiving and sending stopped ({count}):',
  sendingStopped: 'Sending stopped, receiving still works ({count}):',
  actionsStopped: 'Mailbox actions wait, receiving and sending still work ({count}):',
  alsoAtRisk: 'Also at risk, still working ({count}):',
  stillWorking: 'At risk, still working ({count}):',
  nothingLost:
    'No mail is lost: incoming mail is fetched later, and outgoing mail stays queued. Postkey recovers automatically once this is fixed.',
  nothingLostOfActions:
    'Messages stay where they are in the mailbox. Postkey applies the actions automatically once this is fixed.',
  details: 'Details, and "Acknowledge" to stop these reminders:',

  incidentClosed: 'Incident closed: {title}.',
  receivingAgain: 'Receiving again ({count}):',
  sendingAgain: 'Sending again ({count}):',
  actionsAgain: 'Mailbox actions work again ({count}):',
  notReadAnyMore: 'Paused, disconnected or removed meanwhile, so not read ({count}):',
  stoppedOtherwise: 'Still stopped for another reason, reported separately ({count}):',
  noAction: 'No action needed.',
  timeline: 'Timeline:',

  oneMailbox: '1 mailbox',
  mailboxes: '{count} mailboxes',
  oneMinute: '1 minute',
  minutes: '{count} minutes',
  hours: '{count} hours',
  days: '{count} days',

  serverAdmin: 'an admin of this server',
  networkAdmin: 'an admin of this server and its network',
  signInAgain:
    'In Postkey, open the Email Account and select "Sign in again". An admin can send a sign-in link instead.',
  signInAgainAs:
    'In Postkey, open the Email Account and select "Sign in again as {person}". An admin can send a sign-in link instead.',
  openAccount: 'In Postkey, open the Email Account.',
  openProvider: 'In Postkey, open Cloud Providers, {provider}.',

  thisInstallation: 'This installation',
  refusedSecret: 'The refused secret starts with {hint}.',
  foldersGone: 'No longer on the server: {folders}.',
  foldersRefused: 'Refused by the server: {folders}.',
} as const
