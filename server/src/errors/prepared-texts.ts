import type { Entries } from './error-entry.ts'

/** Errors of signatures and canned responses. */
export const WRITING = {
  'writing.not_found': {
    title: 'Canned response not found',
    fix: 'Reload the list. It was deleted, or it belongs to another person.',
    remedy: 'admin',
    scope: 'request',
    status: 404,
    submission: 'fail',
  },
  'writing.value_missing': {
    title: 'A placeholder of the canned response has no value',
    fix: 'Add the placeholder that `detail` names to `values`, or give it a text after a bar in the canned response, which stands in for a missing value.',
    remedy: 'admin',
    scope: 'request',
    status: 400,
    submission: 'fail',
  },
  'writing.placeholder_unreadable': {
    title: 'A placeholder of the canned response can’t be read',
    fix: 'Open the canned response and write its placeholders again: small letters, digits, dots and underscores, without formatting inside them. Nothing was sent.',
    remedy: 'admin',
    scope: 'request',
    status: 400,
    submission: 'fail',
  },
  'writing.text_and_response': {
    title: 'A message has either its own text or that of a canned response',
    fix: 'Remove `text` and `html`, or `cannedResponse`.',
    remedy: 'admin',
    scope: 'request',
    status: 400,
    submission: 'fail',
  },
  'writing.not_creator': {
    title: 'Only its creator, admins and supervisors can change this canned response',
    fix: 'Create a copy under another name, or ask an admin or supervisor. Only the creator can make it personal.',
    remedy: 'admin',
    scope: 'request',
    status: 403,
    submission: 'fail',
  },
  'writing.personal_of_program': {
    title: 'A program has no personal canned responses',
    fix: 'Create it as shared, or sign in as a person. Nothing was changed.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'writing.too_many': {
    title: 'There are too many canned responses',
    fix: 'Delete some that are no longer used; the list shows how often each was used. Nothing was changed.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
  'writing.attachments_too_large': {
    title: 'The canned response has too many or too large files',
    fix: 'Remove a file, or attach a smaller one. The detail names the limit. The text is kept.',
    remedy: 'admin',
    scope: 'request',
    status: 413,
    submission: 'fail',
  },
} as const satisfies Entries<'writing'>
