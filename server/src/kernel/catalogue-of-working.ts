import type { CatalogueEntry } from './errors.ts'

/** What may go wrong with mail that comes in, is worked and goes out. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const WORKING = {
  'transports.throttled': {
    title: 'Microsoft asks Postkey to slow down at this mailbox',
    remedy: 'wait',
    fix: 'Postkey goes on by itself at the time that Microsoft named. Other programs with the same app registration at the same mailbox share the allowance. Messages to be sent wait in the outbox.',
  },
  'transports.send_limit_reached': {
    title: 'The mailbox has sent as much as Microsoft allows for now',
    remedy: 'wait',
    fix: 'Mail waits in the outbox and goes out when Microsoft allows it again. Exchange Online allows 30 messages a minute and 10,000 recipients a day.',
  },
  'transports.unavailable': {
    title: 'Microsoft Graph did not answer as it should',
    remedy: 'wait',
    fix: 'Postkey tries again with growing pauses and nothing is lost. When it lasts, look at the service health page of Microsoft 365 and at the way from this server to the internet. Messages to be sent wait in the outbox.',
  },
  'transports.access_token_refused': {
    title: 'Microsoft Graph refused two fresh access tokens',
    remedy: 'wait',
    fix: 'Postkey tries again. When it lasts, open Cloud providers and check that the cloud is the one of the tenant. Messages to be sent wait in the outbox.',
  },
  'transports.sign_in_challenged': {
    title: 'Microsoft wants the person to sign in again',
    remedy: 'sign-in',
    fix: 'A password was changed, sessions were revoked or a Conditional Access policy asks for more. Open the email account and press Sign in again; mail that arrives meanwhile is fetched afterwards. Messages to be sent wait in the outbox.',
  },
  'transports.access_denied': {
    title: 'Exchange denied access to the mailbox',
    remedy: 'admin',
    fix: 'For a shared mailbox give the person who signed in Full Access: Add-MailboxPermission <mailbox> -User <person> -AccessRights FullAccess. Otherwise compare the API permissions of the app registration in Entra ID, and look whether an application access policy leaves the mailbox out. Rights may take an hour to work. Messages to be sent wait in the outbox.',
  },
  'transports.send_as_denied': {
    title: 'Exchange does not allow sending as this address',
    remedy: 'admin',
    fix: 'Give the person who signed in Send As on the mailbox: Add-RecipientPermission <mailbox> -Trustee <person> -AccessRights SendAs. It may take an hour to work. Messages wait in the outbox and go out by themselves then.',
  },
  'transports.mailbox_not_found': {
    title: 'Microsoft 365 knows no mailbox of that address',
    remedy: 'admin',
    fix: 'Check the address of the email account. A mailbox that was renamed is entered with its new address; a deleted one comes back when the user is restored in the Microsoft 365 admin center. Messages to be sent wait in the outbox.',
  },
  'transports.mailbox_not_enabled': {
    title: 'The mailbox cannot be reached by Microsoft Graph',
    remedy: 'admin',
    fix: 'It has no Exchange Online license, is soft-deleted or lies on a server of your own. Assign a license in the Microsoft 365 admin center or choose another mailbox. What was fetched before is kept. Messages to be sent wait in the outbox.',
  },
  'transports.mailbox_full': {
    title: 'The mailbox is full',
    remedy: 'admin',
    fix: 'Delete or archive mail in the mailbox, or give it more room in the Exchange admin center. Messages to be sent wait in the outbox.',
  },
  'transports.recipient_refused': {
    title: 'Exchange refused a recipient',
    remedy: 'admin',
    fix: 'Correct the addresses of the message and send it again; the text is kept.',
  },
  'transports.message_too_large': {
    title: 'The message is larger than the mailbox may send',
    remedy: 'admin',
    fix: 'Send it with fewer or smaller attachments, or raise the limit of the mailbox in the Exchange admin center (at most 150 MB). The text is kept; change the message and send it again.',
  },
  'transports.large_file_at_shared': {
    title: 'Microsoft takes no large attachments at this shared mailbox',
    remedy: 'admin',
    fix: 'With the sign-in of a person, attachments of a shared mailbox must fit into one request of about 3 MB. Send it smaller or as a link, or connect the mailbox with application permissions. The text is kept; change the message and send it again.',
  },
  'transports.attachment_too_large': {
    title: 'The attachment is larger than what was allowed for it',
    remedy: 'admin',
    fix: 'Open the message in Outlook to save the attachment from there.',
  },
  'transports.item_gone': {
    title: 'The message is no longer in the mailbox',
    remedy: 'admin',
    fix: 'Somebody deleted it or moved it elsewhere meanwhile. Look for it in Deleted Items; Postkey keeps what it fetched before. A message to be sent keeps its text and can be sent again.',
  },
  'transports.not_a_draft': {
    title: 'The message was handed over before or is no draft',
    remedy: 'wait',
    fix: 'Postkey looks in the mailbox what became of it and sends nothing twice.',
  },
  'transports.changed_meanwhile': {
    title: 'Somebody else changed the same thing at the same moment',
    remedy: 'wait',
    fix: 'Postkey tries again by itself. Messages to be sent wait in the outbox.',
  },
  'transports.cursor_forgotten': {
    title: 'Microsoft forgot again and again where Postkey was reading',
    remedy: 'wait',
    fix: 'Postkey reads the folder again from the start later on. Nothing is missed and nothing comes twice.',
  },
  'transports.answer_too_large': {
    title: 'Microsoft Graph sent more than Postkey takes at once',
    remedy: 'bug',
    fix: 'Report it with the request id. The message in question can be read in Outlook; the others are fetched. A message to be sent keeps its text and can be sent again.',
  },
  'transports.request_refused': {
    title: 'Microsoft Graph did not understand what Postkey asked',
    remedy: 'bug',
    fix: 'Report it with the code and the request id that stand beside this. A message to be sent keeps its text and can be sent again.',
  },
  'transports.foreign_link': {
    title: 'Microsoft Graph pointed to a server that is not its own',
    remedy: 'bug',
    fix: 'Postkey did not go there and gave no access token away. Check the Graph address of the cloud; when it is right, report it. Messages to be sent wait in the outbox.',
  },
  'submission.no_recipient': {
    title: 'The message has no recipient',
    remedy: 'admin',
    fix: 'Enter at least one address under To, Cc or Bcc and send again. The text is kept.',
  },
  'submission.recipient_malformed': {
    title: 'A recipient is no email address',
    remedy: 'admin',
    fix: 'Correct the address that the detail names and send again. The text is kept.',
  },
  'submission.too_many_recipients': {
    title: 'The message has more recipients than Exchange Online takes at once',
    remedy: 'admin',
    fix: 'Send it to at most 500 addresses, To, Cc and Bcc together, or to a distribution list.',
  },
  'submission.line_break': {
    title: 'A line break or control character stands where none may be',
    remedy: 'admin',
    fix: 'Write the field that the detail names in one line and send again. The text is kept.',
  },
  'submission.too_large': {
    title: 'The message is larger than what may be sent from this mailbox',
    remedy: 'admin',
    fix: 'Send fewer or smaller attachments, or a link. The detail names the limit. Nothing was sent.',
  },
  'submission.idempotency_key_reused': {
    title: 'The idempotency key was used for another message',
    remedy: 'admin',
    fix: 'Programs make a new key for each message and use it again only to repeat the same request. Nothing was sent.',
  },
  'submission.other_conversation': {
    title: 'The message answers something that is not in this conversation',
    remedy: 'admin',
    fix: 'Load the conversation again and choose the message to answer there. Nothing was sent.',
  },
  'submission.not_found': {
    title: 'There is no such message in the outbox',
    remedy: 'admin',
    fix: 'Load the outbox again. What was sent lies in its conversation.',
  },
  'submission.too_late': {
    title: 'The message is not in a state that allows this any more',
    remedy: 'admin',
    fix: 'Load it again: its state and what can be done now are shown. Nothing was changed.',
  },
  'submission.answered_meanwhile': {
    title: 'Another answer was sent after you began this one',
    remedy: 'admin',
    fix: 'Read the other answer in the conversation. Then send yours as well, or discard it. Your text is still here.',
  },
  'submission.database_restored': {
    title: 'The database is a restored backup: mail may have been sent already',
    remedy: 'admin',
    fix: 'Mail that waited to be sent is held, and nothing is lost. Open Incidents, then Restored backup: it shows which messages were found in Sent. Send or discard the others there, after a look into the Sent folder of the mailbox.',
  },
  'submission.outcome_unclear': {
    title: 'It is not known whether the message went out',
    remedy: 'admin',
    fix: 'Microsoft did not say what became of it. Look into Sent Items of the mailbox, or ask the recipient, and choose "Was sent" or "Send again". Postkey does not send it again by itself.',
  },
  'submission.waits_too_long': {
    title: 'Mail waits in the outbox for more than 15 minutes',
    remedy: 'wait',
    fix: 'Open the outbox of the email account: each message names its reason. When none does, look whether all servers of Postkey run. Nothing is lost.',
  },
  'submission.gave_up': {
    title: 'The message could not be sent for five days',
    remedy: 'admin',
    fix: 'The detail names the last error. When the cause is gone, press "Send again". The text is kept; nothing was sent.',
  },
  'submission.copy_missing': {
    title: 'Microsoft took the message, but its copy did not appear in Sent Items',
    remedy: 'admin',
    fix: 'It was most likely sent. A rule of the mailbox may have moved or deleted the copy. Look in the mailbox, or ask the recipient, and choose "Was sent" or "Send again".',
  },
  'submission.no_copy_in_sent': {
    title: 'The message was sent, but the Sent folder has no copy of it',
    remedy: 'admin',
    fix: 'The recipients have it, and the conversation shows it. The server stored no copy, or a rule of the mailbox moved it. Press "Store the copy again" to have Postkey store one.',
  },
  'submission.copy_left_to_server': {
    title: 'The message was sent, but the mail server stored no copy of it in the Sent folder',
    remedy: 'admin',
    fix: 'The recipients have it, and the conversation shows its text. Postkey stores no copies in this mailbox: its mail server does that, or a rule of the mailbox moved the copy. Nothing is to be done. A copy that appears later is found.',
  },
  'sync.superseded': {
    title: 'Another process took over the email account',
    remedy: 'wait',
    fix: 'Nothing is to be done: the other process goes on where this one was. Often seen, it means that a process stands still for seconds; look at the memory and processors of its machine.',
  },
  'sync.push_needs_public_url': {
    title: 'Microsoft cannot reach this server to tell of new mail',
    remedy: 'admin',
    fix: 'Nothing is lost: Postkey asks every 15 to 60 seconds. To hear at once, set PUBLIC_URL to an https address that the internet can reach.',
  },
  'sync.push_not_for_shared': {
    title: 'Microsoft tells of new mail in a shared mailbox only to applications',
    remedy: 'admin',
    fix: 'Nothing is to be done: Postkey asks every 15 to 60 seconds. A person who signed in for a shared mailbox may not subscribe to it.',
  },
  'conversations.not_found': {
    title: 'There is no such conversation, message, attachment or draft',
    remedy: 'admin',
    fix: 'Open the list of conversations and choose it there. It may have gone with an email account that was removed, or it belongs to one that you do not see.',
  },
  'conversations.other_account': {
    title: 'These conversations belong to two mailboxes',
    remedy: 'admin',
    fix: 'Only conversations of one mailbox can be merged: the answer to one of them would go out from the other. Write a note in both instead.',
  },
  'conversations.merged_already': {
    title: 'This conversation is part of another one already',
    remedy: 'admin',
    fix: 'Open the list of conversations and choose the one that it went into.',
  },
  'conversations.nothing_left': {
    title: 'Nothing would be left of the conversation',
    remedy: 'admin',
    fix: 'Choose some of its messages, and leave at least one.',
  },
  'conversations.source_gone': {
    title: 'The source of this message is not to be had any more',
    remedy: 'admin',
    fix: 'It was read from its server without being kept, and the server has deleted it since. What is shown is all that is left of it.',
  },
  'mime.attachment_unreadable': {
    title: 'The attachment could not be decoded',
    remedy: 'bug',
    fix: 'Open it again. If that fails too, download the message as it came and open the attachment in a mail program: nothing is lost. Then report it with the log.',
  },
  'conversations.draft_changed': {
    title: 'The draft was changed elsewhere meanwhile',
    remedy: 'admin',
    fix: 'Open the draft again and look at both texts. What was saved elsewhere is kept, and yours is still in this window.',
  },
  'conversations.no_such_page': {
    title: 'There is no such page of the list',
    remedy: 'admin',
    fix: 'Give back `next` of the page before as it is, or begin with the first page.',
  },
  'mail.header_refused': {
    title: 'A field of the message cannot stand in a header',
    remedy: 'bug',
    fix: 'A subject, name, address, Message-ID or attachment name holds a line break, a control character or is no address. Correct it and send again; the text is kept.',
  },
} as const satisfies Record<string, CatalogueEntry>
