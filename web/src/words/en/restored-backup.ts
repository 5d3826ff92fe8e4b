/** Messages held after a restore, because they may have been sent already. */
export const restoredBackup = {
  title: 'Restored backup',
  open: 'Open restored backup',
  none: {
    title: 'No restored backup detected',
    sentence:
      'If the database is replaced by an older backup, messages that may have been sent already are held and listed here.',
  },
  from: (at: string) => `This database is from ${at}.`,
  mayHaveBeenSent: (count: number) =>
    count === 0
      ? 'No message was queued.'
      : count === 1
        ? '1 message may have been sent already.'
        : `${count} messages may have been sent already.`,
  done: 'No messages are held. No action is needed.',
  nothingHeld: 'It was restored from a backup. No messages are held, and no action is needed.',
  sentence:
    'It was restored from a backup, so it doesn’t include messages sent later. Messages found in Sent are marked as sent. Check the Sent folder of the mailbox, then send or discard the others. New messages are sent as usual.',
  unknownHost:
    'This server has not used this database before, and the database was not in use. It may be a restored backup that doesn’t include messages sent later. Messages found in Sent are marked as sent. Check the Sent folder of the mailbox, then send or discard the others. New messages are sent as usual.',
  facts: {
    detected: 'Detected',
    seen: 'Last activity before the restore',
    found: 'Found in Sent',
    held: 'Held',
    pending: 'Not checked yet',
  },
  list: 'Messages that may have been sent',
  listed: (shown: number, all: number) =>
    `Showing the first ${shown} of ${all} held messages. The others follow when you’ve decided on these.`,
  columns: { message: 'Message', mailbox: 'Mailbox', inSent: 'In Sent', actions: 'Actions' },
  noSubject: '(no subject)',
  to: (recipients: string) => `To ${recipients}`,
  moreRecipients: (count: number) => `${count} more`,
  automatic: 'Automatic reply',
  inSent: {
    pending: 'Not checked yet',
    found: 'Found',
    'not-found': 'Not found',
    unreadable: 'Can’t be checked',
  },
  decided: { found: 'Marked as sent', sent: 'Sent', canceled: 'Discarded', other: 'Released' },
  send: 'Send',
  discard: 'Discard',
  sendNamed: (subject: string) => `Send “${subject}”`,
  discardNamed: (subject: string) => `Discard “${subject}”`,
  sendNotFound: (count: number) => `Send all not found (${count})`,
  discardNotFound: (count: number) => `Discard all not found (${count})`,
  releaseAll: (count: number) => `Release all held (${count})`,
  release: 'Release all',
  ask: {
    working: 'This can take a minute. You can close this dialog; it continues.',
    ofOne: (decision: 'send' | 'discard', subject: string) =>
      `${decision === 'send' ? 'Send' : 'Discard'} “${subject}”?`,
    sendTitle: (count: number) => (count === 1 ? 'Send this message?' : `Send ${count} messages?`),
    sendSentence: (count: number) =>
      count === 1
        ? 'It was not found in Sent. Recipients who already have it get it a second time.'
        : 'They were not found in Sent. Recipients who already have them get them a second time.',
    sendOneSentence: {
      pending: 'Sent has not been checked yet. Recipients who already have it get it a second time.',
      found: 'It was found in Sent. Recipients who already have it get it a second time.',
      'not-found': 'It was not found in Sent. Recipients who already have it get it a second time.',
      unreadable: 'Sent can’t be checked. Recipients who already have it get it a second time.',
    },
    discardTitle: (count: number) => (count === 1 ? 'Discard this message?' : `Discard ${count} messages?`),
    discardSentence: (count: number) =>
      count === 1
        ? 'It won’t be sent and can’t be restored.'
        : 'Discarded messages won’t be sent and can’t be restored.',
    releaseTitle: (count: number) =>
      count === 1 ? 'Release the held message?' : `Release all ${count} held messages?`,
    releaseSentence:
      'This includes messages that were not checked in Sent. Recipients who already have them get them a second time.',
  },
  sent: (count: number) => (count === 1 ? '1 message queued' : `${count} messages queued`),
  discarded: (count: number) => (count === 1 ? '1 message discarded' : `${count} messages discarded`),
}
