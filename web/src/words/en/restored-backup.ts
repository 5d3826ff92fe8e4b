/** Mail that a restored backup holds. */
export const restoredBackup = {
  title: 'Restored backup',
  open: 'Open restored backup',
  none: {
    title: 'No restored backup was noticed',
    sentence: 'When the database is older than it was, mail that may have been sent already is held and listed here.',
  },
  from: (at: string) => `This database is from ${at}.`,
  mayHaveBeenSent: (count: number) =>
    count === 0
      ? 'No message was waiting to be sent.'
      : count === 1
        ? '1 message may have been sent already.'
        : `${count} messages may have been sent already.`,
  done: 'All held messages were decided. Nothing more to do here.',
  sentence:
    'It was restored from a backup, so it does not know what was sent after that. Messages that were found in Sent count as sent. Send or discard the others, after a look into the Sent folder of the mailbox. New messages are sent as usual.',
  facts: {
    detected: 'Noticed',
    seen: 'Last activity before the restore',
    found: 'Found in Sent',
    held: 'Held',
    pending: 'Not checked yet',
  },
  list: 'Messages that may have been sent',
  columns: { message: 'Message', mailbox: 'Mailbox', inSent: 'In Sent', actions: 'Actions' },
  noSubject: '(no subject)',
  to: (recipients: string) => `To ${recipients}`,
  automatic: 'Automatic reply',
  inSent: {
    pending: 'Not checked yet',
    found: 'Found',
    'not-found': 'Not found',
    unreadable: 'Sent is not read',
  },
  decided: { sent: 'Counts as sent', canceled: 'Discarded', other: 'Released' },
  send: 'Send',
  discard: 'Discard',
  sendNamed: (subject: string) => `Send “${subject}”`,
  discardNamed: (subject: string) => `Discard “${subject}”`,
  sendNotFound: (count: number) => `Send all not found (${count})`,
  discardNotFound: (count: number) => `Discard all not found (${count})`,
  releaseAll: 'Release all',
  ask: {
    sendTitle: (count: number) => (count === 1 ? 'Send this message?' : `Send ${count} messages?`),
    sendSentence:
      'Recipients who have them already get them a second time. Sent is checked once more before each is sent.',
    discardTitle: (count: number) => (count === 1 ? 'Discard this message?' : `Discard ${count} messages?`),
    discardSentence: 'Discarded messages are not sent and can’t be brought back.',
    releaseTitle: (count: number) =>
      count === 1 ? 'Release the held message?' : `Release all ${count} held messages?`,
    releaseSentence:
      'All are sent, also those that were not checked in Sent. Recipients who have them already get them a second time.',
  },
  sent: (count: number) => (count === 1 ? '1 message is queued to be sent' : `${count} messages are queued to be sent`),
  discarded: (count: number) => (count === 1 ? '1 message discarded' : `${count} messages discarded`),
}
