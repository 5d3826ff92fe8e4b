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
  'tokens.wish_not_found': {
    title: 'There is no such wish any more',
    remedy: 'admin',
    fix: 'It was accepted or turned down by somebody else, or it is older than a week. Load the page again; the person can sign in once more.',
  },
  'tokens.wish_over': {
    title: 'Microsoft no longer accepts the sign-in of the person who would open the mailbox',
    remedy: 'sign-in',
    fix: 'Ask the person to sign in once more, by a new link, and turn this wish down. The mailbox stays with whoever opens it now.',
  },
  'tokens.personal_account': {
    title: 'That is a personal Microsoft account, and this Cloud Provider is for organizations',
    remedy: 'sign-in',
    fix: 'Sign in with a work or school account. If mailboxes of outlook.com and the like are to be connected, an admin registers an application for any organizational directory and personal Microsoft accounts. Nothing was kept.',
  },
  'tokens.device_code_not_allowed': {
    title: 'Signing in by a code is not allowed for this Cloud Provider',
    remedy: 'admin',
    fix: 'Sign in at Microsoft in this browser, or send a sign-in link. An admin can allow codes on the page of the Cloud Provider, for people whose browser cannot reach this server.',
  },
  'tokens.device_code_declined': {
    title: 'The sign-in by code was declined at Microsoft',
    remedy: 'sign-in',
    fix: 'Whoever typed the code pressed Cancel. Begin anew when they are ready. Nothing was changed.',
  },
  'tokens.device_code_expired': {
    title: 'Nobody finished the sign-in by code in time',
    remedy: 'sign-in',
    fix: 'A code is good for a quarter of an hour: begin anew. If Microsoft showed AADSTS53003 to the person, a Conditional Access policy blocks signing in by a code: use a sign-in link instead, or an Entra admin leaves this application out of the policy. Nothing was changed.',
  },
  'tokens.device_code_refused': {
    title: 'Microsoft does not know the code any more',
    remedy: 'sign-in',
    fix: 'Begin anew with a fresh code. Nothing was changed.',
  },
  'tokens.device_sign_in_not_found': {
    title: 'There is no such sign-in by code in this browser',
    remedy: 'sign-in',
    fix: 'Begin anew, and look in the browser in which it was begun. What it brought, if it ended well, is among the sign-ins of the Cloud Provider.',
  },
  'email_accounts.personal_not_shared': {
    title: 'Personal Microsoft accounts have no shared mailboxes',
    remedy: 'admin',
    fix: 'Choose "user mailbox" for the mailbox of the person who signed in, or let somebody of the organization sign in who has Full Access to the shared mailbox.',
  },
  'email_accounts.application_cannot_open': {
    title: 'The application does not open the mailbox',
    remedy: 'admin',
    fix: 'An Exchange admin lets it in first, by the commands that Postkey shows beside the choice; they may need two hours to work. Nothing was changed: the mailbox stays with whoever opens it now.',
  },
  'email_accounts.cannot_be_opened': {
    title: 'That person does not open the mailbox',
    remedy: 'admin',
    fix: 'Give the person Full Access first: Add-MailboxPermission <mailbox> -User <person> -AccessRights FullAccess. It may take an hour to work. Nothing was changed: the mailbox stays with whoever opens it now.',
  },
  'email_accounts.runs_on_stand_by': {
    title: 'The mailbox runs on its stand-by',
    remedy: 'sign-in',
    fix: 'The person whose sign-in opened it has to sign in again; or open the email account and press "Make the stand-by the first" when they are not coming back. Mail is read and sent meanwhile, and nothing is lost.',
  },
  'email_accounts.stand_by_not_needed': {
    title: 'This mailbox has no use for a stand-by',
    remedy: 'admin',
    fix: 'A stand-by is for a shared mailbox that is opened by the sign-in of a person. The mailbox of one person is opened by that person, and what the application opens depends on nobody.',
  },
  'email_accounts.stand_by_unfit': {
    title: 'That person cannot stand by for this mailbox',
    remedy: 'admin',
    fix: 'Choose another person than the first, of the same organization and Cloud Provider, whose sign-in is still accepted. Whoever has not signed in yet does so under Set-up, step C.',
  },
  'email_accounts.stand_by_at_work': {
    title: 'The stand-by is at work and opens the mailbox now',
    remedy: 'admin',
    fix: 'Wait until the first has signed in again, or make the stand-by the first; then choose another stand-by.',
  },
  'email_accounts.stand_by_not_at_work': {
    title: 'The stand-by is not at work',
    remedy: 'admin',
    fix: 'Nothing to do: the first opens the mailbox. To let another person open it, choose them under "Opened by".',
  },
  'email_accounts.no_stand_by': {
    title: 'The mailbox has no stand-by',
    remedy: 'admin',
    fix: 'Open the email account and choose somebody who opens the mailbox too.',
  },
} as const satisfies Record<string, CatalogueEntry>
