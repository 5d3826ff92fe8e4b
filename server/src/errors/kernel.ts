import type { Entries } from './error-entry.ts'

/** Errors of the process itself and of the key file. */
export const KERNEL = {
  'kernel.unexpected': {
    title: 'Something happened that Postkey did not foresee',
    fix: 'Report it with what the log says about it. What was saved before is still there.',
    remedy: 'bug',
    scope: 'us',
    status: 500,
    submission: 'fail',
  },
  'kernel.round_abandoned': {
    title: 'A recurring task of Postkey took too long and was started again',
    fix: 'Nothing is lost: the next round takes up the work. If it happens often, look at the load of this machine and of the database.',
    remedy: 'wait',
    scope: 'us',
    status: 503,
    submission: 'wait',
  },
  'kernel.stalled': {
    title: 'A recurring task of Postkey no longer finishes',
    fix: 'Restart this process; a supervisor that asks /livez does so by itself. Nothing is lost. Report it with what the log says about the task.',
    remedy: 'bug',
    scope: 'us',
    status: 503,
    submission: 'wait',
  },
  'kernel.end_overdue': {
    title: 'Postkey was asked to end and had to break off what it was doing',
    fix: 'Nothing to do: what was interrupted is continued at the next start, and nothing is lost. If it happens at every end, see whether the database answers.',
    remedy: 'wait',
    scope: 'us',
    status: 503,
    submission: 'wait',
  },
  'kernel.key_missing': {
    title: 'The key for what is stored encrypted is not there',
    fix: 'Put the key file back from your backup and start again. Without it every secret and every sign-in has to be entered anew, so Postkey does not make another key by itself. If it is lost for good, stop Postkey and run "npm run postkey -- keys give-up" with the id of the key.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'hold-mailbox',
  },
  'kernel.key_unknown': {
    title: 'This database knows no such key',
    fix: 'Take the id from what Postkey says when it does not start. Nothing was changed.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'fail',
  },
  'kernel.key_not_lost': {
    title: 'That key is in the key file, so it is not lost',
    fix: 'To do without it, put another key before it and run "npm run postkey -- keys rotate". Nothing was changed.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'fail',
  },
  'kernel.key_wrong': {
    title: 'The key does not open what is stored encrypted',
    fix: 'The key file or the database is of another installation. Put the key file back that belongs to this database and start again. Nothing was changed.',
    remedy: 'admin',
    scope: 'key',
    status: 409,
    submission: 'hold-mailbox',
  },
} as const satisfies Entries<'kernel'>
