import type { CatalogueEntry } from './errors.ts'

/** What may go wrong with incidents and with telling people of them. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const TELLING = {
  'email_accounts.silent': {
    title: 'Nothing proves that the mailbox is still read',
    remedy: 'bug',
    fix: 'Postkey has taken the mailbox up again by itself and nothing is lost. If this stands here for longer, restart Postkey and report it with what the log says about the mailbox.',
  },
  'email_accounts.mail_held_back': {
    title: 'Microsoft lists mail of this mailbox and does not tell Postkey of it as new',
    remedy: 'wait',
    fix: 'The folder was read again from the start, and the newest mail did not come either. Nothing is lost: it lies in the mailbox and can be read in Outlook. Postkey tries again every few minutes and reads the folder from the start about once an hour; if it lasts for a day, report it to Microsoft with the address of the mailbox.',
  },
  'email_accounts.folder_gone': {
    title: 'A chosen folder cannot be read any more',
    remedy: 'admin',
    fix: 'Someone deleted or renamed it in the mailbox, or the server refuses to open it. Open the email account, then Folders, and choose the folders to read; saving the same choice counts, too. A refused folder is tried again every ten minutes. The other folders are still read, and mail that was read from the folder stays here.',
  },
  'incidents.not_found': {
    title: 'There is no such incident',
    remedy: 'admin',
    fix: 'The address is wrong. Open Incidents and choose from the list; closed ones are kept there, too.',
  },
  'incidents.closed': {
    title: 'The incident has ended already',
    remedy: 'admin',
    fix: 'Nothing is to be done: nobody is reminded of it any more.',
  },
  'alerts.relay_missing': {
    title: 'No mail relay is set up',
    remedy: 'admin',
    fix: 'Open Settings, Alerts and enter an SMTP relay that is none of the watched mailboxes. Until then nobody is told by mail.',
  },
  'alerts.relay_untested': {
    title: 'The mail relay was not tested with these settings',
    remedy: 'admin',
    fix: 'Send a test mail under Settings, Alerts and enter its code, so that it is known before something breaks that mail arrives.',
  },
  'alerts.relay_is_watched': {
    title: 'The relay would send as a mailbox that Postkey watches',
    remedy: 'admin',
    fix: 'Choose another user and another sender for alerts. When that mailbox breaks, a mail about it could not go out through it.',
  },
  'alerts.relay_unreachable': {
    title: 'The mail relay does not answer',
    remedy: 'wait',
    fix: 'Postkey tries again by itself. If it lasts, check host and port under Settings, Alerts, and whether a firewall lets this server reach it.',
  },
  'alerts.relay_not_trusted': {
    title: 'The mail relay offers no encryption that can be trusted',
    remedy: 'admin',
    fix: 'Check under Settings, Alerts whether TLS or STARTTLS is right for the port, and enter the certificate authority when it is your own. Nothing was sent and no password was told.',
  },
  'alerts.relay_login_refused': {
    title: 'The mail relay does not accept user and password',
    remedy: 'admin',
    fix: 'Enter them anew under Settings, Alerts and send a test.',
  },
  'alerts.relay_deferred': {
    title: 'The mail relay does not take the mail for the moment',
    remedy: 'wait',
    fix: 'Postkey tries again by itself. If it lasts, its answer, shown beside this, says why.',
  },
  'alerts.relay_refused': {
    title: 'The mail relay refused the mail',
    remedy: 'admin',
    fix: 'Its answer, shown beside this, says why: often the sender address is not allowed, or the recipient does not exist.',
  },
  'alerts.relay_outcome_unclear': {
    title: 'It is not known whether the mail relay took the mail',
    remedy: 'wait',
    fix: 'The connection broke at the last moment. This mail is not sent again, so that nobody is told twice; as long as the incident lasts, a reminder follows.',
  },
  'alerts.recipient_is_affected': {
    title: 'The address is a mailbox that is itself affected',
    remedy: 'admin',
    fix: 'Others were told instead. Enter a contact or deputy whose mail does not come through this mailbox.',
  },
  'alerts.given_up': {
    title: 'It could not be delivered for a day',
    remedy: 'admin',
    fix: 'Look at the reason under Settings, Alerts and send a test. As long as an incident lasts, reminders are tried anew.',
  },
  'alerts.test_code_wrong': {
    title: 'That is not the code of the test mail',
    remedy: 'admin',
    fix: 'Enter the six digits of the newest test mail, or send another one. A code is good for one hour and five tries.',
  },
  'alerts.settings_invalid': {
    title: 'The mail relay or webhook cannot be set up like this',
    remedy: 'admin',
    fix: 'Correct what the detail names. Nothing was changed.',
  },
  'alerts.webhook_not_found': {
    title: 'There is no such webhook',
    remedy: 'admin',
    fix: 'It was removed, or the address is wrong. Open Settings, Alerts and choose from the list.',
  },
  'alerts.webhook_refused': {
    title: 'The webhook did not answer with success',
    remedy: 'wait',
    fix: 'Postkey tries again by itself for a day. Check that the address is right, answers a POST with a status of 200 to 299 within ten seconds and does not redirect.',
  },
} as const satisfies Record<string, CatalogueEntry>
