import type { CatalogueEntry } from './errors.ts'

/** What may go wrong with the people behind a connection. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const PRINCIPALS = {
  'tokens.sign_in_link_unbound': {
    title: 'A link to sign in is for one mailbox',
    remedy: 'admin',
    fix: 'Enter the address of the mailbox that the person is to open. Nothing was made.',
  },
  'tokens.mailbox_not_opened': {
    title: 'The account that signed in does not open the mailbox',
    remedy: 'sign-in',
    fix: 'Sign in with the account whose mailbox it is. For a shared mailbox an Exchange admin first gives the person Full Access: Add-MailboxPermission <mailbox> -User <person> -AccessRights FullAccess. It may take an hour to work. Nothing was kept of this sign-in.',
  },
} as const satisfies Record<string, CatalogueEntry>
