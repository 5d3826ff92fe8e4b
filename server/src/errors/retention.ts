import type { Entries } from './error-entry.ts'

/** Errors of the erasure of people. */
export const RETENTION = {
  'retention.own_address': {
    title: 'The address belongs to a mailbox or a member of the team',
    fix: 'Enter the addresses of a customer. To delete the mail of a mailbox, remove the mailbox. Nothing was erased.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'retention.erasure_not_confirmed': {
    title: 'The confirmation differs from the first address',
    fix: 'Type the first address exactly as it is shown. Nothing was erased.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'retention.mail_in_outbox': {
    title: 'A message to this person is not sent yet',
    fix: 'Open the outbox. Wait until it is sent and its copy is found, or cancel it. Then erase again. Nothing was erased.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
  'retention.erasure_running': {
    title: 'Another erasure is running',
    fix: 'Wait until it is completed; Settings shows its progress. Nothing was erased.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
  'retention.erasure_not_found': {
    title: 'Erasure not found',
    fix: 'Reload the list of erasures.',
    remedy: 'admin',
    scope: 'request',
    status: 404,
    submission: 'fail',
  },
} as const satisfies Entries<'retention'>
