import type { Entries } from './error-entry.ts'

/** Errors of mailbox actions. */
export const ACCOUNT_ACTIONS = {
  'account_actions.permission_missing': {
    title: 'The sign-in doesn’t allow changes of messages',
    fix: 'The grant of {person} lacks Mail.ReadWrite, for a shared mailbox Mail.ReadWrite.Shared. Open the mailbox under Email Accounts, tab Connection, choose Microsoft Graph for sending, and sign in again. Mail is still received, and nothing was changed at Microsoft.',
    remedy: 'admin',
    scope: 'account',
    status: 409,
    submission: 'fail',
  },
  'account_actions.folder_missing': {
    title: 'The mailbox has no folder for this action',
    fix: 'Spam needs a folder that the server marks as Junk, deleted conversations one that it marks as Trash. Create it at the mail server, then switch the action on again. Nothing was saved.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'account_actions.folder_has_role': {
    title: 'This folder can’t take the messages of closed conversations',
    fix: 'Choose the archive or a folder of your own. The inbox and the folders for sent mail, drafts, junk and deleted mail have other meanings. Nothing was saved.',
    remedy: 'admin',
    scope: 'request',
    status: 422,
    submission: 'fail',
  },
  'account_actions.message_unreachable': {
    title: 'A message can’t be reached in the mailbox',
    fix: 'Postkey knows it only by an earlier id: the mailbox was switched between Microsoft Graph and IMAP, or the server renumbered a folder, and the folder of the message isn’t read. Open the mailbox under Email Accounts, tab Import and folders, choose the folder, wait until it is read, and try again under Actions. Or change the message in the mail program. It stays where it is.',
    remedy: 'admin',
    scope: 'message',
    status: 409,
    submission: 'fail',
  },
  'account_actions.wait_too_long': {
    title: 'Mailbox actions wait for more than a day',
    fix: 'Open the mailbox under Email Accounts, tab Actions: it shows the reason, if an attempt has failed. If none has, check that all Postkey servers are running. Messages stay where they are in the mailbox.',
    remedy: 'wait',
    scope: 'account',
    status: 503,
    submission: 'wait',
    reportAtOnce: true,
  },
} as const satisfies Entries<'account_actions'>
