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
  done: 'Nothing is held any more. No action is needed.',
  nothingHeld: 'It was restored from a backup. Nothing is held, and no action is needed.',
  sentence:
    'It was restored from a backup, so it does not know what was sent after that. Messages that were found in Sent count as sent. Send or discard the others, after a look into the Sent folder of the mailbox. New messages are sent as usual.',
  unknownHost:
    'This server has not used the database before, and the database was not in use. It may be a restored backup that does not know what was sent later. Messages that were found in Sent count as sent. Send or discard the others, after a look into the Sent folder of the mailbox. New messages are sent as usual.',
  facts: {
    detected: 'Noticed',
    seen: 'Last activity before the restore',
    found: 'Found in Sent',
    held: 'Held',
    pending: 'Not checked yet',
  },
  list: 'Messages that may have been sent',
  listed: (shown: number, all: number) =>
    `The first ${shown} of ${all} held messages are shown. The others follow when these are decided.`,
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
  decided: { found: 'Counts as sent', sent: 'Sent', canceled: 'Discarded', other: 'Released' },
  send: 'Send',
  discard: 'Discard',
  sendNamed: (subject: string) => `Send “${subject}”`,
  discardNamed: (subject: string) => `Discard “${subject}”`,
  sendNotFound: (count: number) => `Send all not found (${count})`,
  discardNotFound: (count: number) => `Discard all not found (${count})`,
  releaseAll: (count: number) => `Release all held (${count})`,
  release: 'Release all',
  ask: {
    working: 'This can take a minute. You can close this dialog; it goes on.',
    ofOne: (decision: 'send' | 'discard', subject: string) =>
      `${decision === 'send' ? 'Send' : 'Discard'} “${subject}”?`,
    sendTitle: (count: number) => (count === 1 ? 'Send this message?' : `Send ${count} messages?`),
    sendSentence: (count: number) =>
      count === 1
        ? 'It was not found in Sent. Recipients who have it already get it a second time.'
        : 'They were not found in Sent. Recipients who have them already get them a second time.',
    sendOneSentence: {
      pending: 'It was not checked in Sent yet. Recipients who have it already get it a second time.',
      found: 'It was found in Sent. Recipients who have it already get it a second time.',
      'not-found': 'It was not found in Sent. Recipients who have it already get it a second time.',
      unreadable: 'It can’t be checked in Sent. Recipients who have it already get it a second time.',
    },
    discardTitle: (count: number) => (count === 1 ? 'Discard this message?' : `Discard ${count} messages?`),
    discardSentence: (count: number) =>
      count === 1
        ? 'It is not sent and can’t be brought back.'
        : 'Discarded messages are not sent and can’t be brought back.',
    releaseTitle: (count: number) =>
      count === 1 ? 'Release the held message?' : `Release all ${count} held messages?`,
    releaseSentence:
      'This includes messages that were not checked in Sent. Recipients who have them already get them a second time.',
  },
  sent: (count: number) => (count === 1 ? '1 message is queued to be sent' : `${count} messages are queued to be sent`),
  discarded: (count: number) => (count === 1 ? '1 message discarded' : `${count} messages discarded`),
}
