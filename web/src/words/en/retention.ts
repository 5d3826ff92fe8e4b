import type { DeletedKind } from '../../scenes/retention/deleted-kinds.ts'

const YEARS = (count: number) => (count === 1 ? '1 year' : `${count} years`)

/** Deletion of data by age, and sizes of stored mail. */
export const retention = {
  title: 'Data retention',
  mailHint:
    'Deletes old mail here, never in the mailbox itself. Only conversations that are closed, in Spam or in Deleted; their age counts from the newest message. Open, waiting and snoozed conversations stay, whatever their age; so do those on legal hold, with a draft or with a message in the outbox.',
  notAgain:
    'Deleted mail can’t be restored, and is not imported again, even if you turn retention off. To get it back, remove the mailbox here and connect it again.',
  messages: 'Delete conversations with their messages',
  sources: 'Delete original messages (sources)',
  sourcesHint: 'Texts stay. Attachments open as long as the message is in the mailbox.',
  attachments: 'Delete originals of messages with attachments',
  attachmentsHint:
    'Attachments are the largest part of stored mail. Texts stay, and attachments open as long as the message is in the mailbox.',
  recordsTitle: 'Data retention',
  recordsHint: 'Data of the whole installation. Retention of mail is a setting of each mailbox.',
  events: 'Events',
  eventsHint: 'History of conversations, and the event stream for programs.',
  alerts: 'Alerts without an open incident',
  audit: 'Audit list',
  signIns: 'Ended sign-ins',
  signInsHint: 'Sessions with network address and browser, invitations, reset and sign-in links, after they expired.',
  never: 'Never',
  byDefault: (days: number) => `After ${days} days (default)`,
  after: (days: number) => (days % 365 === 0 ? `After ${YEARS(days / 365)}` : `After ${days} days`),
  save: 'Save',
  confirmTitle: 'Delete old data?',
  confirmMailTitle: (address: string) => `Delete old mail of ${address}?`,
  counting: 'Counting…',
  uncounted: 'You can save without the counts.',
  now: 'Deletion starts within an hour, and continues each day with what has become old enough. You can’t undo it.',
  nothing: 'Nothing is that old yet. It will be deleted when it is.',
  deleted: {
    conversations: (count: number, figure: string) => (count === 1 ? '1 conversation' : `${figure} conversations`),
    messages: (count: number, figure: string) => (count === 1 ? '1 message' : `${figure} messages`),
    sources: (count: number, figure: string, size: string) =>
      count === 0
        ? 'Older original messages, not counted'
        : figure === '1'
          ? `1 original message (${size})`
          : `${figure} original messages (${size})`,
    events: (count: number, figure: string) => (count === 1 ? '1 event' : `${figure} events`),
    alerts: (count: number, figure: string) => (count === 1 ? '1 alert' : `${figure} alerts`),
    auditEntries: (count: number, figure: string) => (count === 1 ? '1 audit entry' : `${figure} audit entries`),
    signIns: (count: number, figure: string) => (count === 1 ? '1 ended sign-in' : `${figure} ended sign-ins`),
  } satisfies Record<DeletedKind, (count: number, figure: string, size: string) => string>,
  keeps: ['Everything in the mailbox itself', 'Open, waiting and snoozed conversations'],
  keepsHeld: (count: number, figure: string) =>
    count === 1 ? '1 conversation on legal hold' : `${figure} conversations on legal hold`,
  confirm: 'Delete by age',
  saved: 'Retention saved',
  sizes: {
    title: 'Stored mail',
    messages: 'Messages',
    sources: 'Original messages',
    attachments: 'Attachments',
    ofCount: (figure: string, size: string) => `${figure} (${size})`,
    attachmentsHint:
      'As listed in the messages. If stored, they’re part of the original messages, which are compressed.',
    counted: 'Counted',
    pending: 'Not counted yet. Postkey counts every few hours.',
  },
}
