import type { Entries } from './error-entry.ts'

/** Errors of account batches. */
export const ACCOUNT_BATCHES = {
  'account_batches.not_found': {
    title: 'Account batch not found',
    fix: 'The id is wrong, or the batch belongs to another API key. Batches are deleted 90 days after their end; their mailboxes stay.',
    remedy: 'admin',
    scope: 'request',
    status: 404,
    submission: 'fail',
  },
  'account_batches.rows_invalid': {
    title: 'Some rows can’t be connected as they are',
    fix: 'Correct the lines that are named, and send all rows again. Nothing was connected.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'account_batches.file_unreadable': {
    title: 'The file can’t be read',
    fix: 'Check the path of the file and who may read it.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'account_batches.key_reused': {
    title: 'The idempotency key was already used for another account batch',
    fix: 'Use a new key for each batch, and the same key only to repeat the same request.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'account_batches.over': {
    title: 'No row of the batch waits any more',
    fix: 'Reload its rows. Mailboxes that are connected can be removed on their own pages.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
  'account_batches.nothing_failed': {
    title: 'No such row has failed',
    fix: 'Reload the rows of the batch. Only failed rows are tried again.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
  'account_batches.application_only': {
    title: 'An API key connects mailboxes only by the application',
    fix: 'Send applicationOf with a Cloud Provider whose application may open the mailboxes. With a user’s grant, an admin connects them in Email Accounts or at the command line.',
    remedy: 'admin',
    scope: 'request',
    status: 403,
    submission: 'fail',
  },
  'account_batches.principal_gone': {
    title: 'The sign-in of the batch was removed',
    fix: 'Connect the mailboxes that are left with another sign-in or the application: download the failed rows as CSV, and start again with this file.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
} as const satisfies Entries<'account_batches'>
