/** Texts about outages of Postkey and its database, as incidents show them. */
export const TEXTS = {
  effect:
    '{unread} not read from {since} to {until}; {waiting} stayed queued. No mail is lost: reading and sending continue where they stopped.',
  oneMailbox: '1 mailbox was',
  mailboxes: '{count} mailboxes were',
  oneMessage: '1 outgoing message',
  messages: '{count} outgoing messages',
  atLeastMessages: 'at least {count} outgoing messages',
  continued: 'Other servers continued its work ({servers}).',
  vanished: 'Process {pid}, version {version}, last seen {at}. {effect}',
} as const
