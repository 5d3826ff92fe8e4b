import type { Entries } from './error-entry.ts'

/** Errors of notifications. */
export const NOTIFICATIONS = {
  'notifications.time_zone_unknown': {
    title: 'The time zone is unknown',
    fix: 'Choose a name from the time zone database, such as Europe/Berlin. Nothing was saved.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'notifications.digest_without_mailbox': {
    title: 'The digest has no mailbox that sends it',
    fix: 'Choose one of your mailboxes as the sender, or switch the digest off. Nothing was saved.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'notifications.digest_to_mailbox': {
    title: 'Your login address is a mailbox of Postkey, which can’t receive a digest',
    fix: 'Switch the digest off. A digest in a shared mailbox would be new mail for the team and cause the next digest. To use it, ask an admin to invite you with your own address, under People.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
} as const satisfies Entries<'notifications'>
