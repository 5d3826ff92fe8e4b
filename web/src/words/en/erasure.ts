const PLURAL = (one: string, many: string) => (count: number, figure: string) =>
  count === 1 ? `1 ${one}` : `${figure} ${many}`

/** Erasure of a person. */
export const erasure = {
  title: 'Erasure of people',
  hint: 'Deletes the mail of a customer, and data about them, from every mailbox here. Mail of others stays. Reports contain counts and ids only.',
  act: 'Erase a person…',
  dialog: 'Erase a person',
  addresses: 'Email addresses of the person',
  addressesHint: 'One per line, at most 10.',
  preview: 'Show what is erased',
  changeAddresses: 'Change addresses',
  sentence: 'Postkey deletes this here, in all mailboxes. You can’t undo it.',
  nothing: 'No mail of this person was found. Other data with these addresses is erased all the same.',
  atLeast: 'These counts are minimums: counting ended at its limit.',
  notHere:
    'Not erased: mail in the mailboxes themselves, backups and log files. Erased mail is not imported again. After you restore a backup, erase the person again.',
  outbox: (count: number, figure: string) =>
    count === 1
      ? '1 message to this person is not sent yet. Send or cancel it in the outbox first.'
      : `${figure} messages to this person are not sent yet. Send or cancel them in the outbox first.`,
  removes: {
    conversations: PLURAL('whole conversation', 'whole conversations'),
    messages: PLURAL('message', 'messages'),
    customerNotes: PLURAL('note about the customer', 'notes about the customer'),
    suggestions: PLURAL('suggestion of a recipient', 'suggestions of recipients'),
    drafts: PLURAL('draft to the person', 'drafts to the person'),
    others: 'Notifications, saved searches and invitations with these addresses',
    replaced: 'The addresses themselves in events, the audit list, alerts and incidents',
  },
  keeps: {
    onLegalHold: PLURAL('conversation on legal hold', 'conversations on legal hold'),
    shared: (count: number, figure: string) =>
      count === 1
        ? '1 conversation with other people: only the person’s messages, and yours to the person alone, are deleted'
        : `${figure} conversations with other people: only the person’s messages, and yours to the person alone, are deleted`,
    inUse: (count: number, figure: string) =>
      count === 1
        ? '1 conversation kept: the team has a message in the outbox, or worked on it since'
        : `${figure} conversations kept: the team has messages in the outbox, or worked on them since`,
    quoting: 'Messages and notes of others that name the person, and mail of web forms; the report counts them',
  },
  byAccount: 'By mailbox',
  ofAccount: (messages: string, conversations: string) => `${messages}, ${conversations}`,
  removedAccount: 'Removed mailbox',
  confirm: (address: string) => `Type ${address} to confirm`,
  erase: 'Erase person',
  started: 'Erasure started. Its report is in Settings.',
  running: 'Erasing in the background. You can close this window.',
  completed: 'Erasure completed. The report lists what was kept.',
  done: 'Close',
  none: 'No erasures yet.',
  failed: (title: string) => `Retried every minute: ${title}`,
  state: { running: 'Running', completed: 'Completed' },
  download: 'Download report',
  of: (messages: string, conversations: string) => `${messages} and ${conversations} deleted`,
  remains: (figure: string) => `Address remains in ${figure} records of others or of kept conversations`,
}
