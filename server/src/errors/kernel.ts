import type { Entries } from './error-entry.ts'

/** Errors of the process itself and of the key file. */
export const KERNEL = {
  'kernel.unexpected': {
    title: 'An unexpected error occurred',
    fix: 'Report it with the log. Everything saved before is still there.',
    remedy: 'bug',
    scope: 'us',
    status: 500,
    submission: 'fail',
  },
  'kernel.round_abandoned': {
    title: 'A recurring Postkey task took too long and was restarted',
    fix: 'Nothing is lost: the next run continues the work. If it happens often, check the load of this machine and of the database.',
    remedy: 'wait',
    scope: 'us',
    status: 503,
    submission: 'wait',
  },
  'kernel.stalled': {
    title: 'A recurring Postkey task no longer finishes',
    fix: 'Restart this process. A supervisor that checks /livez does so automatically. Nothing is lost. Report it with the task’s entries in the log.',
    remedy: 'bug',
    scope: 'us',
    status: 503,
    submission: 'wait',
  },
  'kernel.end_overdue': {
    title: 'Postkey had to interrupt its work to shut down',
    fix: 'Nothing to do: interrupted work continues at the next start, and nothing is lost. If it happens at every shutdown, check that the database responds.',
    remedy: 'wait',
    scope: 'us',
    status: 503,
    submission: 'wait',
  },
  'kernel.key_missing': {
    title: 'The encryption key for stored data is missing',
    fix: 'Restore the key file from your backup and start Postkey again. Without the key, every secret and every sign-in must be entered again, so Postkey doesn’t create another key by itself. If the key is lost permanently, stop Postkey and run "postkey keys give-up" (in a checkout: "npm run postkey -- keys give-up") with the ID of the key.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'hold-mailbox',
  },
  'kernel.key_unknown': {
    title: 'This database has no key with that ID',
    fix: 'Use the ID from the message that Postkey prints when it doesn’t start. Nothing was changed.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'fail',
  },
  'kernel.key_not_lost': {
    title: 'The key isn’t lost: it’s in the key file',
    fix: 'To stop using the key, put another key before it and run "postkey keys rotate" (in a checkout: "npm run postkey -- keys rotate"). Nothing was changed.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'fail',
  },
  'kernel.key_wrong': {
    title: 'The key doesn’t decrypt the stored data',
    fix: 'The key file or the database is from another installation. Restore the key file that belongs to this database and start Postkey again. Nothing was changed.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'hold-mailbox',
  },
} as const satisfies Entries<'kernel'>
